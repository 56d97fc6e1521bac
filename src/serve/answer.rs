//! [`Request`] → [`Response`]: who may ask, which file an address means, and the script of the server in its pages.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::serve::http::{Request, Response, media};
use crate::serve::live::{File, Generation};
use crate::text::hash::hex;
use crate::text::html::HtmlWriter;

/// Where the server's own files stand: no page has an address like this.
pub(crate) const OWN: &str = "_opslore/";

const CLIENT: &str = include_str!("client.js");
const SHEET: &str = include_str!("client.css");
const WORKER: &str = include_str!("worker.js");

/// The page where an address leads nowhere.
const NOWHERE: &str = "404.html";

/// What a request asks for.
pub(crate) enum Wanted {
    /// An answer that is ready.
    Answer(Response),
    /// Word of each change that concerns the page at this path of the site.
    Events(String),
}

/// Where the site stands and who may ask for it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The address that the server listens at.
    pub(crate) listens: SocketAddr,
    /// The site's path below it: `/`, or that of its `base_url`.
    pub(crate) mount: String,
}

impl Place {
    /// Answers a request from a site, or from the words that tell why there is none yet.
    pub(crate) fn answer(
        &self,
        request: &Request,
        site: Result<&Generation, &[String]>,
    ) -> Result<Wanted, String> {
        if !request.host.as_deref().is_some_and(|host| self.may_be(host)) {
            return Ok(Wanted::Answer(Response::plain(403)));
        }
        let origin = request.origin.as_deref();
        if !origin.is_none_or(|o| o.strip_prefix("http://").is_some_and(|host| self.may_be(host))) {
            return Ok(Wanted::Answer(Response::plain(403)));
        }
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            let header = Some(("Allow", "GET, HEAD".to_owned()));
            return Ok(Wanted::Answer(Response { header, ..Response::plain(405) }));
        }
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let Some(path) = decoded(path).filter(|path| path.starts_with('/')) else {
            return Ok(Wanted::Answer(Response::plain(400)));
        };
        let Some(path) = path.strip_prefix(self.mount.as_str()) else {
            let near = path == "/" || format!("{path}/") == self.mount;
            let header = near.then(|| ("Location", self.mount.clone()));
            return Ok(Wanted::Answer(Response {
                header,
                ..Response::plain(if near { 302 } else { 404 })
            }));
        };
        if let Some(own) = path.strip_prefix(OWN) {
            let page = || decoded(query.strip_prefix("page=")?);
            return Ok(match (own, page()) {
                ("client.js", _) => ready("client.js", CLIENT, request),
                ("client.css", _) => ready("client.css", SHEET, request),
                ("events", Some(page)) => {
                    let page = page.strip_prefix(self.mount.as_str()).unwrap_or_default();
                    Wanted::Events(page.to_owned())
                }
                _ => Wanted::Answer(Response::plain(404)),
            });
        }
        if path == "sw.js" {
            return Ok(ready(path, WORKER, request));
        }
        match site {
            Ok(site) => self.file(site, path, request).map(Wanted::Answer),
            Err(problems) => Ok(Wanted::Answer(self.nothing_yet(problems))),
        }
    }

    fn file(&self, site: &Generation, path: &str, request: &Request) -> Result<Response, String> {
        if let Some((path, file)) = found(site, path)? {
            return Ok(self.response(200, &path, &file, request));
        }
        if site.file(&format!("{path}/index.html"))?.is_some() {
            // The path is that of a page, so it cannot lead to another host.
            let header = Some(("Location", format!("{}{path}/", self.mount)));
            return Ok(Response { header, ..Response::plain(301) });
        }
        Ok(match site.file(NOWHERE)? {
            Some(file) => self.response(404, NOWHERE, &file, request),
            None => Response::plain(404),
        })
    }

    fn response(&self, status: u16, path: &str, file: &File, request: &Request) -> Response {
        let tag = format!("\"{}\"", file.hash);
        if status == 200 && request.known.as_deref() == Some(&tag) {
            return Response { header: Some(("ETag", tag)), ..Response::plain(304) };
        }
        let body = if media(path) == media(".html") {
            self.with_script(&file.bytes, &file.hash)
        } else {
            file.bytes.clone()
        };
        Response { status, media: media(path), header: Some(("ETag", tag)), body }
    }

    /// Adds the server's script, which the page's policy allows as one of its own site.
    fn with_script(&self, page: &[u8], hash: &str) -> Arc<[u8]> {
        const END: &[u8] = b"</head>";
        let at = page.windows(END.len()).position(|bytes| bytes == END).unwrap_or(page.len());
        let script = format!(
            "<script src=\"{}{OWN}client.js\" data-page=\"{hash}\"></script>\n",
            self.mount
        );
        [&page[..at], script.as_bytes(), &page[at..]].concat().into()
    }

    /// What stands everywhere until the first site could be made.
    fn nothing_yet(&self, problems: &[String]) -> Response {
        let mut page = HtmlWriter::default();
        page.markup(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>No site yet</title>\n\
             </head><body><h1>No site yet</h1>\n<p>The page comes by itself once this is mended.</p>\n",
        );
        for problem in problems {
            page.markup("<pre>").text(problem).markup("</pre>\n");
        }
        page.markup("</body></html>\n");
        let body = self.with_script(page.finish().as_str().as_bytes(), "");
        Response { status: 503, media: media(".html"), header: None, body }
    }

    /// Returns true for the names that this server has for itself: a name of another host that leads here was
    /// made to read the site from there.
    fn may_be(&self, host: &str) -> bool {
        let port = |rest: &str| {
            rest.is_empty() || rest.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok())
        };
        let (name, rest) = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
            Some((name, rest)) => (name, rest),
            None => host.split_at(host.find(':').unwrap_or(host.len())),
        };
        let own = self.listens.ip();
        let is_ours = name.eq_ignore_ascii_case("localhost")
            || name
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip.is_loopback() || ip == own || own.is_unspecified());
        is_ours && port(rest)
    }
}

/// Returns the file that an address means, with its path in the site.
fn found(site: &Generation, address: &str) -> Result<Option<(String, File)>, String> {
    let path = if address.is_empty() || address.ends_with('/') {
        format!("{address}index.html")
    } else {
        address.to_owned()
    };
    Ok(site.file(&path)?.map(|file| (path, file)))
}

/// Returns what tells a page's state from another: the hash of what stands at its address.
pub(crate) fn state(site: &Generation, address: &str) -> Result<String, String> {
    let file = match found(site, address)? {
        Some((_, file)) => Some(file),
        None => site.file(NOWHERE)?,
    };
    Ok(file.map(|file| file.hash.to_string()).unwrap_or_default())
}

fn ready(path: &str, text: &str, request: &Request) -> Wanted {
    let tag = format!("\"{}\"", hex(text.as_bytes(), 16));
    let header = Some(("ETag", tag.clone()));
    Wanted::Answer(if request.known.as_deref() == Some(&tag) {
        Response { header, ..Response::plain(304) }
    } else {
        Response { status: 200, media: media(path), header, body: text.as_bytes().into() }
    })
}

/// Decodes `%xx` once; `None` where that gives no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push((high * 16 + low) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::{Place, decoded};

    fn place(listens: &str) -> Place {
        Place { listens: listens.parse().unwrap(), mount: "/".into() }
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        let here = place("127.0.0.1:4004");
        for host in ["localhost", "LOCALHOST:4004", "127.0.0.1:4004", "[::1]:80", "127.0.0.1"] {
            assert!(here.may_be(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.168.0.7",
            "localhost:x",
            "localhost:1:2",
            "[::1",
            "[::1]x",
            "localhost@evil.example",
            "0x7f.1",
        ] {
            assert!(!here.may_be(host), "{host}");
        }
        assert!(place("192.168.0.7:80").may_be("192.168.0.7"));
        assert!(place("0.0.0.0:80").may_be("192.168.0.7"));
        assert!(!place("0.0.0.0:80").may_be("evil.example"));
    }

    #[test]
    fn addresses_are_decoded_once() {
        assert_eq!(decoded("/a%20b/%C3%A9").as_deref(), Some("/a b/é"));
        assert_eq!(decoded("/%252e").as_deref(), Some("/%2e"));
        for bad in ["/%", "/%2", "/%zz", "/%ff", "/%00", "/%+1"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
