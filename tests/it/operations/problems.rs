//! Every refusal of the catalogue, as machines read it, beside a copy that is kept.

use axum::response::IntoResponse;
use http_body_util::BodyExt;
use ringback::http::problem::Problem;
use serde_json::{Value, json};

const KEPT: &str = "tests/it/operations/problems.json";

#[tokio::test]
async fn the_catalogue_is_the_one_that_is_kept() {
    let mut all = Vec::new();
    for problem in Problem::ALL {
        let answer = problem.into_response();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (kind, wait) = (header("content-type"), header("retry-after"));
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!((kind.as_deref(), &body["status"]), (Some("application/problem+json"), &json!(status)));
        all.push(json!({ "status": status, "retry-after": wait, "body": body }));
    }
    let found = serde_json::to_string_pretty(&Value::Array(all)).unwrap() + "\n";
    if std::env::var_os("RINGBACK_REWRITE").is_some() {
        std::fs::write(KEPT, &found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(KEPT).unwrap(), "RINGBACK_REWRITE=1 writes it anew; read the difference");
}
