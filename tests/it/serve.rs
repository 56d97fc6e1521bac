//! `serve`: who is answered, what is handed out, and what a change, a fault and its cure do to pages.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::{TODAY, Temp, opslore, package, run, tree};

/// Longest wait for an answer before the server counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// Most lines of events that are read on; one comes at least every ten seconds.
const MOST_LINES: usize = 20;

const RUNBOOK: &str = "---\nkind: runbook\nowner: shop\n---\n\n# Queue stuck\n\nFirst words.\n";

/// A running server, which ends with it.
pub(crate) struct Served {
    child: Child,
    /// Host and port.
    host: String,
    /// Path of the site.
    mount: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Served {
    pub(crate) fn start(folder: &Path) -> Self {
        let mut command = opslore();
        command.args(["serve", "--port", "0", "--now", TODAY, "--quiet"]).arg(folder);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").expect("the address is printed first");
        let (host, path) = address.split_once('/').unwrap();
        Self { child, host: host.to_owned(), mount: format!("/{path}") }
    }

    /// Sends these bytes and reads all that comes back.
    fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // The server closes on what it does not want to read to its end.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut out = Vec::new();
        // A connection that is closed on bytes it did not read is reset.
        let _ = stream.read_to_end(&mut out);
        out
    }

    fn ask(&self, method: &str, target: &str, headers: &str) -> Answer {
        let head = format!("{method} {target} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
        let bytes = self.raw(head.as_bytes());
        let end = bytes.windows(4).position(|b| b == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", &format!("{}{path}", self.mount), &format!("Host: {}\r\n", self.host))
    }

    /// Listens for changes of a page as its script does.
    fn events(&self, page: &str) -> Events {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (mount, host) = (&self.mount, &self.host);
        let head = format!(
            "GET {mount}_opslore/events?page={mount}{page} HTTP/1.1\r\nHost: {host}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut events = Events { reader: BufReader::new(stream) };
        events.until(|_| true);
        events
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Events {
    reader: BufReader<TcpStream>,
}

impl Events {
    /// Reads on until an event is as wanted.
    fn until(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        for _ in 0..MOST_LINES {
            let mut line = String::new();
            assert!(self.reader.read_line(&mut line).unwrap() > 0, "the server ended");
            if let Some(event) = line.strip_prefix("data: ").filter(|event| wanted(event)) {
                return event.to_owned();
            }
        }
        panic!("no such event");
    }
}

fn small() -> Temp {
    Temp::with(&[("runbooks/queue-stuck.md", RUNBOOK), ("index.md", "# Shop\n\nHome words.\n")])
}

#[test]
fn every_file_is_what_build_writes() {
    let temp = Temp::new();
    let content = package().join("content");
    let out = temp.join("out");
    let args = ["build", content.to_str().unwrap(), "-o", out.to_str().unwrap(), "--now", TODAY];
    assert_eq!(run(temp.path(), &args).code, Some(0));
    let served = Served::start(&content);
    let mut n = 0;
    for (path, bytes) in tree(&out) {
        if matches!(path.as_str(), ".opslore-site" | "build.json" | "offline.json" | "sw.js") {
            continue;
        }
        let answer = served.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        if path.ends_with(".html") {
            let text = answer.text();
            let (before, tail) = text.split_once("<script src=\"/_opslore/client.js\"").unwrap();
            let (_, after) = tail.split_once("</script>\n").unwrap();
            assert_eq!(format!("{before}{after}"), String::from_utf8(bytes).unwrap(), "{path}");
        } else {
            assert!(answer.body == bytes, "{path}");
        }
        n += 1;
    }
    assert!(n > 200, "{n}");
}

#[test]
fn only_this_machine_is_answered_and_only_reading() {
    let temp = small();
    let served = Served::start(temp.path());
    let port = served.host.rsplit(':').next().unwrap().to_owned();
    let status = |method: &str, headers: &str| served.ask(method, "/", headers).status;
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        assert_eq!(status("GET", &format!("Host: {host}:{port}\r\n")), 200, "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "192.0.2.7", "127.0.0.1.nip.example"] {
        let answer = served.ask("GET", "/", &format!("Host: {host}:{port}\r\n"));
        assert_eq!(answer.status, 403, "{host}");
        assert!(!answer.text().contains("Home words"), "{host}");
    }
    assert_eq!(status("GET", ""), 400);
    let own = format!("Host: localhost:{port}\r\n");
    assert_eq!(status("GET", &format!("{own}Origin: http://localhost:{port}\r\n")), 200);
    for origin in ["https://evil.example", "null", "http://evil.example"] {
        assert_eq!(status("GET", &format!("{own}Origin: {origin}\r\n")), 403, "{origin}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND"] {
        let answer = served.ask(method, "/", &own);
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.head.contains("Allow: GET, HEAD"), "{}", answer.head);
    }
    let (head, get) = (served.ask("HEAD", "/", &own), served.ask("GET", "/", &own));
    assert_eq!((head.status, head.body.len(), head.head), (200, 0, get.head.clone()));
    for header in ["nosniff", "same-origin", "frame-ancestors 'none'"] {
        assert!(get.head.contains(header), "{}", get.head);
    }
    let tag = get.head.split("ETag: ").nth(1).unwrap().lines().next().unwrap();
    let again = served.ask("GET", "/", &format!("{own}If-None-Match: {tag}\r\n"));
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[test]
fn no_address_leads_out_of_the_site() {
    let temp = Temp::with(&[
        ("secret.md", "# Outside\n\nmarker-outside\n"),
        ("site/index.md", "# Shop\n"),
        ("site/.hidden.md", "marker-hidden\n"),
        ("site/notes.sh", "marker-source\n"),
    ]);
    let served = Served::start(&temp.join("site"));
    let ups =
        ["..", "%2e%2e", "%2E.", ".%2e", "..;", "..%00", "%252e%252e", "..%c0%af", "%c0%ae%c0%ae"];
    let bars = ["/", "%2f", "\\", "%5c", "//", "/./"];
    let mut targets: Vec<String> = Vec::new();
    for up in ups {
        for bar in bars {
            for name in ["secret.md", "etc/passwd"] {
                targets.push(format!("/{up}{bar}{name}"));
                targets.push(format!("/assets/{}{name}", format!("{up}{bar}").repeat(9)));
            }
        }
    }
    let path = temp.path().display();
    targets.extend(
        ["/.hidden.md", "/notes.sh", "/../index.md", "/opslore.yaml", "/assets/"].map(String::from),
    );
    targets.extend([
        format!("/{path}/secret.md"),
        format!("//{path}/secret.md"),
        format!("/file://{path}"),
    ]);
    for target in targets {
        let answer = served.ask("GET", &target, &format!("Host: {}\r\n", served.host));
        assert!(matches!(answer.status, 400 | 404), "{target}: {}", answer.status);
        let text = answer.text();
        assert!(!text.contains("marker-") && !text.contains("root:"), "{target}");
    }
    assert_eq!(served.get("search").status, 301);
    let away = served.ask("GET", "//evil.example/search", &format!("Host: {}\r\n", served.host));
    assert_eq!(away.status, 404);
}

#[test]
fn what_is_no_request_does_not_end_the_server() {
    let temp = small();
    let served = Served::start(temp.path());
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(50_000));
    for bytes in [
        b"".as_slice(),
        b"\r\n\r\n",
        b"GET",
        b"GET /",
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\0\x01",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET  HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        long.as_bytes(),
        many.as_bytes(),
    ] {
        let answer = String::from_utf8_lossy(&served.raw(bytes)).into_owned();
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{answer}");
    }
    assert_eq!(served.get("").status, 200);
}

#[test]
fn a_change_is_told_and_other_pages_are_left_alone() {
    let temp = small();
    let served = Served::start(temp.path());
    let mut events = served.events("runbooks/queue-stuck/");
    let mut home = served.events("no-such-page/");
    assert!(served.get("runbooks/queue-stuck/").text().contains("First words."));
    temp.file("runbooks/queue-stuck.md", RUNBOOK.replace("First", "Second").as_bytes());
    let told = events.until(|_| true);
    assert!(served.get("runbooks/queue-stuck/").text().contains("Second words."));
    // Written beside and renamed, as editors do.
    temp.file("runbooks/queue-stuck.md.new", RUNBOOK.replace("First", "Third").as_bytes());
    fs::rename(temp.join("runbooks/queue-stuck.md.new"), temp.join("runbooks/queue-stuck.md"))
        .unwrap();
    events.until(|event| event != told);
    assert!(served.get("runbooks/queue-stuck/").text().contains("Third words."));
    let first = home.until(|_| true);
    // A folder in a folder that did not exist.
    temp.file("deep/er/page.md", b"# Deeper\n\nDeep words.\n");
    let mut page = served.events("pages/deep/er/page/");
    while served.get("pages/deep/er/page/").status == 404 {
        page.until(|_| true);
    }
    temp.file("deep/er/page.md", b"# Deeper\n\nDeepest words.\n");
    while !served.get("pages/deep/er/page/").text().contains("Deepest words.") {
        page.until(|_| true);
    }
    assert!(first.contains("\"problems\":[]"), "{first}");
}

/// What of a file its own page tells alone, and what others are told by: whatever is saved, the page says it, and in the
/// end the site is the one that is built.
#[test]
fn a_site_after_many_saves_is_the_one_that_is_built() {
    let temp = small();
    temp.file("shop-desk/service.yaml", b"kind: service\nname: shop-desk\nowner: shop\n");
    let served = Served::start(temp.path());
    let (own, alert) = ("runbooks/queue-stuck/", "alerts/QueueJammed/");
    let mut text = RUNBOOK.to_owned();
    for (page, from, to, shown) in [
        (own, "First words.", "Second words.", "Second words."),
        (own, "Second words.", "Third words, and a [dead link](gone.md).", "Third words"),
        (own, "kind: runbook", "kind: runbook\ndescription: Jammed queues.", "Jammed queues."),
        (own, "# Queue stuck", "# Queue jammed", "Queue jammed"),
        (own, "owner: shop", "owner: desk", "teams/desk/"),
        (own, "owner: desk", "owner: desk\nservices: [shop-desk]", "services/shop-desk/"),
        (alert, "owner: desk", "owner: desk\nalerts: [QueueJammed]", "Third words"),
        (alert, "Third words", "## Impact\n\nNone.\n\n```sh\nkick queue\n```\n\nMore", "kick"),
        ("tags/queues/", "owner: desk", "owner: desk\ntags: [queues]", "Queue jammed"),
        (alert, "More", "Last", "Last, and"),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
        let mut events = served.events(page);
        temp.file("runbooks/queue-stuck.md", text.as_bytes());
        while !served.get(page).text().contains(shown) {
            events.until(|_| true);
        }
    }
    let mut problems = served.events("reports/problems/");
    while !served.get("reports/problems/").text().contains("gone.md")
        || !served.get("services/shop-desk/").text().contains(alert)
    {
        problems.until(|_| true);
    }
    let pages = [own, alert, "runbooks/", "teams/desk/", "tags/queues/", "reports/problems/"];
    is_built(&served, &temp, &pages);
}

/// Panics where a served page is another than the one that `build` writes.
fn is_built(served: &Served, temp: &Temp, pages: &[&str]) {
    let other = Temp::new();
    let out = other.join("out");
    let args = ["build", ".", "-o", out.to_str().unwrap(), "--now", TODAY];
    assert_eq!(run(temp.path(), &args).code, Some(0));
    for path in pages {
        let built = fs::read_to_string(out.join(path).join("index.html")).unwrap();
        let text = served.get(path).text();
        let (shown, tail) = text.split_once("<script src=\"/_opslore/client.js\"").unwrap();
        let (_, after) = tail.split_once("</script>\n").unwrap();
        assert_eq!(format!("{shown}{after}"), built, "{path}");
    }
}

#[test]
fn what_a_save_changes_in_other_pages_follows() {
    let temp = small();
    let link = "# Notes\n\nSee [the end](runbooks/queue-stuck.md#end) and [it](runbooks/queue-stuck.md).\n";
    temp.file("notes.md", link.as_bytes());
    temp.file("runbooks/queue-stuck.md", format!("{RUNBOOK}\n## End\n\nDone.\n").as_bytes());
    temp.file("old.md", b"---\nowner: [\n---\n\n# Old\n");
    let served = Served::start(temp.path());
    let mut notes = served.events("pages/notes/");
    let before = served.get("pages/notes/").text();
    assert!(before.contains("queue-stuck/#end"), "{before}");
    let saved = RUNBOOK.replace("Queue stuck", "Queue jammed").replace("First", "Second");
    temp.file("runbooks/queue-stuck.md", saved.as_bytes());
    while served.get("pages/notes/").text().contains("queue-stuck/#end") {
        notes.until(|_| true);
    }
    let pages = ["pages/notes/", "runbooks/queue-stuck/", "runbooks/", "reports/problems/"];
    is_built(&served, &temp, &pages);
}

#[test]
fn a_broken_file_keeps_its_last_good_page_until_it_is_mended() {
    let temp = small();
    temp.file("shop-desk/service.yaml", b"kind: service\nname: shop-desk\nowner: shop\n");
    temp.file("old.md", b"---\nowner: [\n---\n\n# Old\n");
    let served = Served::start(temp.path());
    let mut events = served.events("runbooks/queue-stuck/");
    let good = served.get("runbooks/queue-stuck/").text();
    assert_eq!(served.get("services/shop-desk/").status, 200);
    temp.file("runbooks/queue-stuck.md", RUNBOOK.replace("owner: shop", "owner: [").as_bytes());
    let told = events.until(|event| event.contains("OL104"));
    assert!(told.contains("runbooks/queue-stuck.md:"), "{told}");
    assert!(!told.contains("old.md"), "what was broken before is no news: {told}");
    assert_eq!(served.get("runbooks/queue-stuck/").text(), good);
    // Other files go on, and what is broken stays told.
    temp.file("index.md", b"# Shop\n\nNew home words.\n");
    events.until(|event| event.contains("OL104"));
    while !served.get("").text().contains("New home words.") {
        events.until(|event| event.contains("OL104"));
    }
    temp.file("runbooks/queue-stuck.md", RUNBOOK.replace("First", "Mended").as_bytes());
    events.until(|event| event.contains("\"problems\":[]"));
    assert!(served.get("runbooks/queue-stuck/").text().contains("Mended words."));
    temp.file("shop-desk/service.yaml", b"kind: service\nname: shop-desk\ntier: [\n");
    events.until(|event| event.contains("service.yaml"));
    assert_eq!(served.get("services/shop-desk/").status, 200, "the last metadata stays");
}

#[test]
fn a_broken_site_file_or_template_keeps_the_last_site() {
    let temp = small();
    let served = Served::start(temp.path());
    let mut events = served.events("");
    temp.file("opslore.yaml", b"titel: New\n");
    events.until(|event| event.contains("did you mean `title`?"));
    assert!(served.get("").text().contains("Home words."));
    temp.file("opslore.yaml", b"title: New name\n");
    events.until(|event| event.contains("\"problems\":[]"));
    assert!(served.get("").text().contains("New name"));
    temp.file("templates/article.html", b"{% if %}");
    events.until(|event| event.contains("article.html"));
    assert!(served.get("").text().contains("New name"));
    fs::remove_file(temp.join("templates/article.html")).unwrap();
    events.until(|event| event.contains("\"problems\":[]"));
}

#[test]
fn a_site_file_that_is_broken_from_the_start_is_waited_for() {
    let temp = small();
    temp.file("opslore.yaml", b"titel: New\n");
    let served = Served::start(temp.path());
    let page = served.get("runbooks/queue-stuck/");
    assert_eq!(page.status, 503);
    assert!(page.text().contains("did you mean `title`?"), "{}", page.text());
    let mut events = served.events("runbooks/queue-stuck/");
    temp.file("opslore.yaml", b"title: New\n");
    events.until(|event| !event.contains("\"page\":\"\""));
    assert_eq!(served.get("runbooks/queue-stuck/").status, 200);
}

#[test]
fn a_site_below_a_path_is_served_below_it() {
    let temp = small();
    temp.file("opslore.yaml", b"base_url: https://shop.example/ops/\n");
    let served = Served::start(temp.path());
    assert_eq!(served.mount, "/ops/");
    let host = format!("Host: {}\r\n", served.host);
    for target in ["/", "/ops"] {
        let answer = served.ask("GET", target, &host);
        assert!(answer.status == 302 && answer.head.contains("Location: /ops/"), "{}", answer.head);
    }
    assert_eq!(served.get("runbooks/queue-stuck/").status, 200);
    assert_eq!(served.ask("GET", "/runbooks/queue-stuck/", &host).status, 404);
}
