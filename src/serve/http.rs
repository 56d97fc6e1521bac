//! Bytes of a connection → [`Request`]; [`Response`] → bytes. As much of HTTP/1.1 as a browser needs of a preview.

use std::io::{self, BufRead, Write};
use std::sync::Arc;

/// Longest head of a request, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// As sent: `GET`, `HEAD` or what is refused.
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    /// `Host`, where there is exactly one.
    pub(crate) host: Option<String>,
    /// `Origin`, where a script of a page asks.
    pub(crate) origin: Option<String>,
    /// `If-None-Match`: the copy that the browser has.
    pub(crate) known: Option<String>,
    /// True where the connection can be used again.
    pub(crate) keep: bool,
}

/// What is wrong with a request, as a status.
pub(crate) type Refused = u16;

/// Reads the next request; `None` where the other side has gone.
pub(crate) fn read(stream: &mut impl BufRead) -> io::Result<Option<Result<Request, Refused>>> {
    let mut left = MAX_HEAD;
    let Some(first) = line(stream, &mut left)? else {
        return Ok((left < MAX_HEAD).then_some(Err(431)));
    };
    let mut request = Request { keep: true, ..Request::default() };
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Ok(Some(Err(400)));
    };
    if !matches!(version, "HTTP/1.1" | "HTTP/1.0") || method.is_empty() {
        return Ok(Some(Err(400)));
    }
    request.keep = version == "HTTP/1.1";
    request.method = method.to_owned();
    request.target = target.to_owned();
    let mut hosts = 0;
    loop {
        let Some(line) = line(stream, &mut left)? else { return Ok(Some(Err(431))) };
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { return Ok(Some(Err(400))) };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "host" => {
                hosts += 1;
                request.host = Some(value.to_owned());
            }
            "origin" => request.origin = Some(value.to_owned()),
            "if-none-match" => request.known = Some(value.to_owned()),
            "connection" if value.eq_ignore_ascii_case("close") => request.keep = false,
            // A body would be read as the next request.
            "content-length" if value != "0" => request.keep = false,
            "transfer-encoding" => request.keep = false,
            _ => {}
        }
    }
    if hosts != 1 {
        return Ok(Some(Err(400)));
    }
    Ok(Some(Ok(request)))
}

/// A line without its end; `None` at the end of the stream or of what a head may hold.
fn line(stream: &mut impl BufRead, left: &mut usize) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    loop {
        let available = stream.fill_buf()?;
        let end = available.iter().position(|b| *b == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(available.len());
        if taken == 0 || taken > *left {
            *left = left.saturating_sub(taken);
            return Ok(None);
        }
        bytes.extend_from_slice(&available[..taken]);
        stream.consume(taken);
        *left -= taken;
        if end.is_some() {
            let text = String::from_utf8_lossy(&bytes);
            return Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()));
        }
    }
}

/// What is sent back.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// The status.
    pub(crate) status: u16,
    /// The media type.
    pub(crate) media: &'static str,
    /// One more header: name and value.
    pub(crate) header: Option<(&'static str, String)>,
    /// The content.
    pub(crate) body: Arc<[u8]>,
}

impl Response {
    /// Returns a response that says its status in words.
    pub(crate) fn plain(status: u16) -> Self {
        let body = format!("{status} {}\n", reason(status)).into_bytes().into();
        Self { status, media: "text/plain; charset=utf-8", header: None, body }
    }

    /// Writes it; `HEAD` gets no body.
    pub(crate) fn write(&self, to: &mut impl Write, head_only: bool, keep: bool) -> io::Result<()> {
        let mut out = head(self.status, self.media, keep);
        // To a browser's copy that is still good there is nothing to say.
        if self.status != 304 {
            out.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        if let Some((name, value)) = &self.header {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str("\r\n");
        let mut bytes = out.into_bytes();
        if !head_only && self.status != 304 {
            bytes.extend_from_slice(&self.body);
        }
        to.write_all(&bytes)?;
        to.flush()
    }
}

/// Returns the start of a head, without its empty line.
pub(crate) fn head(status: u16, media: &str, keep: bool) -> String {
    let connection = if keep { "keep-alive" } else { "close" };
    format!(
        "HTTP/1.1 {status} {}\r\nContent-Type: {media}\r\nConnection: {connection}\r\n\
         Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n\
         Content-Security-Policy: frame-ancestors 'none'; object-src 'none'; base-uri 'none'\r\n",
        reason(status)
    )
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// Returns the media type of a file by its ending.
pub(crate) fn media(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "txt" | "md" | "log" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_HEAD, Request, read};

    fn asked(text: &str) -> Option<Result<Request, u16>> {
        read(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn a_request_is_read_as_a_browser_sends_it() {
        let text = "GET /a/?b HTTP/1.1\r\nHost: localhost:1\r\nif-none-match: \"x\"\r\n\r\nGET";
        let expected = Request {
            method: "GET".into(),
            target: "/a/?b".into(),
            host: Some("localhost:1".into()),
            known: Some("\"x\"".into()),
            origin: None,
            keep: true,
        };
        assert_eq!(asked(text), Some(Ok(expected)));
        assert_eq!(asked(""), None);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for text in [
            "GET\r\n\r\n",
            "GET /\r\n\r\n",
            "GET / HTTP/2\r\nHost: a\r\n\r\n",
            "GET / b HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost\r\n\r\n",
            "\r\n\r\n",
        ] {
            assert_eq!(asked(text), Some(Err(400)), "{text:?}");
        }
        let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(MAX_HEAD));
        assert_eq!(asked(&long), Some(Err(431)));
    }

    #[test]
    fn a_body_ends_the_connection() {
        for header in ["Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close"] {
            let text = format!("POST / HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n");
            assert!(!asked(&text).unwrap().unwrap().keep, "{header}");
        }
    }
}
