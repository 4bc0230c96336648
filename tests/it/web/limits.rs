//! Slow, big and many: a real server on a real socket.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringback::http::listen;
use ringback::http::network::Network;
use ringback::http::serve::{Limits, Server, StopSwitch, serve, stop_switch};
use ringback::metrics::Metrics;
use ringback::metrics::catalog::Metric;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::app;

const SOON: Duration = Duration::from_secs(20);

fn brisk() -> Limits {
    let brief = Duration::from_millis(300);
    Limits {
        header: brief,
        body: brief,
        answer: Duration::from_secs(2),
        drain: Duration::from_secs(1),
        ..Limits::default()
    }
}

async fn start(limits: Limits) -> (SocketAddr, StopSwitch, JoinHandle<bool>) {
    let (listener, _) = listen::or_next(Ipv4Addr::LOCALHOST.into(), 0).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (switch, stop) = stop_switch();
    let server = tokio::spawn(serve(listener, app("http://localhost:1", limits), limits, stop));
    (address, switch, server)
}

/// Sends bytes and reads until the server hangs up.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(SOON, stream.read_to_end(&mut answer)).await.expect("the server hangs up").ok();
    String::from_utf8_lossy(&answer).into_owned()
}

const WHOLE: &[u8] = b"GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn half_a_header_is_hung_up_on_while_others_are_served() {
    let (address, _switch, _) = start(brisk()).await;
    let mut halves = Vec::new();
    for _ in 0..200 {
        let mut half = TcpStream::connect(address).await.unwrap();
        half.write_all(b"GET /page HTTP/1.1\r\nHost: x\r\nX-Half").await.unwrap();
        halves.push(half);
    }
    assert!(exchange(address, WHOLE).await.starts_with("HTTP/1.1 200"));
    for mut half in halves {
        let mut rest = Vec::new();
        tokio::time::timeout(SOON, half.read_to_end(&mut rest)).await.expect("the server hangs up").ok();
    }
}

#[tokio::test]
async fn a_body_that_drips_is_refused_as_a_whole() {
    let (address, _switch, _) = start(brisk()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n").await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let drip = tokio::spawn(async move {
        // Every byte comes well within the limit; the body as a whole does not.
        let mut drops = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..1000 {
            drops.tick().await;
            if write.write_all(b"a").await.is_err() {
                break;
            }
        }
    });
    let mut answer = [0; 64];
    let n = tokio::time::timeout(SOON, read.read(&mut answer)).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&answer[..n]).starts_with("HTTP/1.1 408"));
    drip.abort();
}

#[tokio::test]
async fn a_big_body_is_refused_announced_or_not() {
    let (address, _switch, _) = start(brisk()).await;
    let announced = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n";
    assert!(exchange(address, announced).await.starts_with("HTTP/1.1 413"));
    let mut chunked = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n".to_vec();
    chunked.extend(vec![b'a'; 0x11170]);
    chunked.extend(b"\r\n0\r\n\r\n");
    assert!(exchange(address, &chunked).await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn a_handler_that_hangs_is_given_up() {
    let (address, _switch, _) = start(Limits { answer: Duration::from_millis(200), ..brisk() }).await;
    let answer = exchange(address, b"GET /hang HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn one_address_gets_its_share_and_no_more() {
    let limits = Limits { per_address: 3, trust_loopback: false, header: Duration::from_secs(5), ..brisk() };
    let (address, _switch, _) = start(limits).await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = [0; 512];
        assert!(stream.read(&mut answer).await.unwrap() > 0);
        kept.push(stream);
    }
    assert_eq!(exchange(address, WHOLE).await, "", "the fourth is hung up on");
    drop(kept.pop());
    let again = async {
        while !exchange(address, WHOLE).await.starts_with("HTTP/1.1 200") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, again).await.expect("a place that was given back is used again");
}

#[tokio::test]
async fn visitors_behind_a_known_proxy_share_no_address() {
    let limits = Limits { per_address: 3, trust_loopback: false, header: Duration::from_secs(5), ..brisk() };
    let (listener, _) = listen::or_next(Ipv4Addr::LOCALHOST.into(), 0).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_switch, stop) = stop_switch();
    let proxies = vec![Network::parse("127.0.0.0/8").unwrap()];
    let metrics: Arc<Metrics> = Arc::default();
    let server = Server::new(listener, app("http://localhost:1", limits), limits).behind(proxies);
    tokio::spawn(server.counted(Arc::clone(&metrics)).run(stop));
    let mut kept = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = [0; 512];
        assert!(stream.read(&mut answer).await.unwrap() > 0, "connection {}", kept.len() + 1);
        kept.push(stream);
    }
    assert_eq!(metrics.value(Metric::Connections, &[]), 20.0);
    assert_eq!(metrics.value(Metric::Responses, &["200"]), 20.0);
}

#[tokio::test]
async fn beyond_the_room_connections_wait_outside_until_somebody_leaves() {
    let limits = Limits { connections: 3, header: Duration::from_secs(30), ..brisk() };
    let (address, _switch, _) = start(limits).await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = [0; 512];
        assert!(stream.read(&mut answer).await.unwrap() > 0);
        kept.push(stream);
    }
    let fourth = exchange(address, WHOLE);
    let mut fourth = std::pin::pin!(fourth);
    tokio::select! {
        answer = &mut fourth => panic!("there was no room: {answer}"),
        () = async { for _ in 0..200 { tokio::task::yield_now().await } } => {}
    }
    drop(kept.pop());
    assert!(tokio::time::timeout(SOON, fourth).await.expect("it gets in").starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn whoever_comes_while_the_last_answer_is_written_is_told_to_come_again() {
    let (address, switch, server) = start(Limits { drain: Duration::from_secs(2), ..brisk() }).await;
    let mut hanging = TcpStream::connect(address).await.unwrap();
    hanging.write_all(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(exchange(address, WHOLE).await.starts_with("HTTP/1.1 200"));
    switch.stop();
    let late = async {
        loop {
            let answer = exchange(address, WHOLE).await;
            if !answer.starts_with("HTTP/1.1 200") {
                return answer;
            }
        }
    };
    let late = tokio::time::timeout(SOON, late).await.unwrap();
    assert!(late.starts_with("HTTP/1.1 503") && late.contains("retry-after: 5"), "{late}");
    assert!(late.contains("urn:ringback:problem:stopping"), "{late}");
    drop(hanging);
    tokio::time::timeout(SOON, server).await.expect("the server ends").unwrap();
}

#[tokio::test]
async fn the_end_waits_for_answers_but_not_for_ever() {
    let (address, switch, server) = start(Limits { header: Duration::from_secs(60), ..brisk() }).await;
    let mut hanging = TcpStream::connect(address).await.unwrap();
    hanging.write_all(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"GET /page HT").await.unwrap();
    assert!(exchange(address, WHOLE).await.starts_with("HTTP/1.1 200"));
    let before = Instant::now();
    switch.stop();
    let all_answered = tokio::time::timeout(SOON, server).await.expect("the server ends").unwrap();
    assert!(!all_answered, "the hanging answer was cut");
    assert!(before.elapsed() < Duration::from_secs(10));
    assert!(TcpStream::connect(address).await.is_err(), "nobody is let in any more");
}

#[tokio::test]
async fn an_idle_server_ends_at_once() {
    let (address, switch, server) = start(Limits { drain: Duration::from_secs(60), ..brisk() }).await;
    assert!(exchange(address, WHOLE).await.starts_with("HTTP/1.1 200"));
    switch.stop();
    assert!(tokio::time::timeout(SOON, server).await.expect("the server ends").unwrap());
}

#[tokio::test]
async fn a_busy_port_gives_the_next_one() {
    let host = Ipv4Addr::LOCALHOST.into();
    let (first, port) = listen::or_next(host, 0).await.unwrap();
    let (_second, next) = listen::or_next(host, port).await.unwrap();
    assert!(next > port);
    assert!(listen::exactly(first.local_addr().unwrap()).await.is_err());
}
