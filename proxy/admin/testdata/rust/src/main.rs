//! Drives a running pactape with MockServer's official Rust client.
//!
//!     drive PORT
//!
//! Each step is named; the first that fails ends the program with its name.

mod answering;
mod calls;
mod upstream;

use mockserver_client::{ClientBuilder, Error, HttpRequest, MockServerClient};
use reqwest::Method;
use reqwest::blocking::Client;
use reqwest::header::HeaderMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A step of the suite.
type Step = (&'static str, fn(&Rig));

/// What the steps have at hand.
struct Rig {
    port: u16,
    client: MockServerClient,
    /// The port of a server that answers requests which are forwarded.
    upstream: u16,
    direct: Client,
    proxied: Client,
}

/// An answer to a request that was mocked or forwarded.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Rig {
    fn new(port: u16) -> Rig {
        let client = || Client::builder().no_proxy().pool_max_idle_per_host(0);
        let proxy = reqwest::Proxy::http(format!("http://127.0.0.1:{port}")).expect("a proxy");
        Rig {
            port,
            client: ClientBuilder::new("127.0.0.1", port).build().expect("a client"),
            upstream: upstream::start(),
            direct: client().build().expect("a client"),
            proxied: client().proxy(proxy).build().expect("a client"),
        }
    }

    /// Sends a request to pactape as to a server.
    fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        self.try_call(method, path, body).expect("an answer")
    }

    fn try_call(&self, method: &str, path: &str, body: &str) -> reqwest::Result<Answer> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        read(self.direct.request(method, url).body(body.to_string()).send()?)
    }

    fn get(&self, path: &str) -> Answer {
        self.call("GET", path, "")
    }

    /// Sends a request through pactape, as a proxy, to the server behind it.
    fn through(&self, path: &str) -> Answer {
        let url = format!("http://127.0.0.1:{}{path}", self.upstream);
        read(self.proxied.get(url).send().expect("an answer")).expect("a body")
    }
}

fn read(answer: reqwest::blocking::Response) -> reqwest::Result<Answer> {
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Ok(Answer { status, headers, body: answer.text()? })
}

/// A request matcher for a path.
fn path(path: &str) -> HttpRequest {
    HttpRequest::new().path(path)
}

/// The text of a call that was answered with 400.
fn refused<T>(result: mockserver_client::Result<T>) -> String {
    match result {
        Err(Error::InvalidRequest(text)) => text,
        Err(other) => panic!("not a refusal: {other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

/// The text of a verification that failed.
fn unverified(result: mockserver_client::Result<()>) -> String {
    match result {
        Err(Error::VerificationFailure(text)) => text,
        Err(other) => panic!("not a failed verification: {other}"),
        Ok(()) => panic!("it was verified"),
    }
}

/// The sentence of a call that is left out: 501.
fn left_out<T>(result: mockserver_client::Result<T>) -> String {
    match result {
        Err(Error::UnexpectedStatus { status: 501, body }) => body,
        Err(other) => panic!("not left out: {other}"),
        Ok(_) => panic!("it is not left out"),
    }
}

fn has(want: &str, text: &str) {
    assert!(text.contains(want), "want {want:?} in {text:?}");
}

fn main() {
    let port = std::env::args().nth(1).and_then(|arg| arg.parse().ok());
    let rig = Rig::new(port.expect("usage: drive PORT"));
    for (name, step) in [answering::STEPS, calls::STEPS].concat() {
        if catch_unwind(AssertUnwindSafe(|| step(&rig))).is_err() {
            println!("failed: {name}");
            std::process::exit(1);
        }
        println!("ok {name}");
    }
    std::process::exit(0); // the client's threads do not end
}
