//! A server behind pactape that tells what it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Starts the server, which runs until the program ends, and returns its port.
///
/// It answers 202 with "METHOD TARGET X-ADDED BODY"; and /broken with 500.
pub fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            thread::spawn(move || answer(connection));
        }
    });
    port
}

/// Answers the one request of a connection. What goes wrong ends the
/// connection, which the step notices.
fn answer(connection: TcpStream) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_string(), words.next()?.to_string());
    let (mut length, mut added) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim_end().split_once(": ") {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
            Some((name, value)) if name.eq_ignore_ascii_case("x-added") => added = value.to_string(),
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let status = if target.starts_with("/broken") { "500 Broken" } else { "202 Accepted" };
    let text = format!("{method} {target} {added} {}", String::from_utf8_lossy(&body));
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nX-Server: real\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", text.len());
    (&connection).write_all((head + &text).as_bytes()).ok()
}
