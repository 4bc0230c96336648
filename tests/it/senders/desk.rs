//! Tickets, by each way to the service desk.

use std::sync::Arc;

use ringback::desk::capture::CaptureDesk;
use ringback::desk::hook::HookDesk;
use ringback::desk::mail::MailDesk;
use ringback::model::contacts::EmailAddress;
use ringback::model::ids::{RunId, TenantId};
use ringback::model::method::Method;
use ringback::model::peer::Language;
use ringback::ports::desk::{Desk, Ticket};
use ringback::ports::messenger::SendError;
use ringback::senders::smtp::Smtp;
use ringback::text::catalog::Catalog;

use super::{answer, read_request, scripted};
use crate::support::mailserver::MailServer;

fn ticket() -> Ticket {
    Ticket {
        case: RunId([0xab; 16]),
        tenant: TenantId("uni".to_owned()),
        user_name: Some("ada@student.uni.example".to_owned()),
        verified: vec![Method::Sms],
        summary: "The person <b>could not</b> get any further.".to_owned(),
    }
}

#[tokio::test]
async fn by_mail_in_the_desks_language() {
    let server = MailServer::start();
    let desk = |tag: &str| MailDesk {
        mail: Arc::new(Smtp::new(&server.config()).unwrap()),
        to: EmailAddress::parse("desk@uni.example").unwrap(),
        from_name: "Ringback".to_owned(),
        catalog: Arc::new(Catalog::shipped().unwrap()),
        language: Language(tag.to_owned()),
    };
    assert_eq!(desk("en").open(&ticket()).await.unwrap(), "RB-ABAB-ABAB");
    let unknown = Ticket { user_name: None, verified: Vec::new(), ..ticket() };
    assert_eq!(desk("ms").open(&unknown).await.unwrap(), "RB-ABAB-ABAB");

    let mails = server.wait_for("desk@uni.example", 2);
    let english = mails.iter().find(|mail| mail.header("subject") == "Self-service case RB-ABAB-ABAB").unwrap();
    assert!(english.text.contains("ada@student.uni.example") && english.text.contains("Checks passed: sms"));
    assert!(english.html.contains("&lt;b&gt;could not&lt;/b&gt;"), "{}", english.html);
    let malay = mails.iter().find(|mail| mail.header("subject") == "Kes layan diri RB-ABAB-ABAB").unwrap();
    assert!(malay.text.contains("Semakan yang lulus: tiada"));
}

#[tokio::test]
async fn by_hook_with_the_systems_own_number() {
    let open = |body: &'static str| async move {
        let (port, requests) = scripted(move |stream| {
            let request = read_request(&stream);
            answer(&stream, "201 Created", "", body);
            request.1
        });
        let (hook, _folder) = super::hook::hook(&format!("http://127.0.0.1:{port}/tickets"));
        (HookDesk::new(Arc::new(hook)).open(&ticket()).await, requests.recv().unwrap())
    };
    let (number, document) = open(r#"{"number": "INC0012345", "url": "https://desk.uni.example/"}"#).await;
    assert_eq!(number.unwrap(), "INC0012345");
    // The fields are those of the manual, in its order.
    let manual = include_str!("../../../docs/hooks.md");
    let shown = manual.lines().find(|line| line.contains("\"kind\":\"ticket\"")).unwrap();
    let shown = shown.replace("0f8e6a5b4c3d2e1f0f8e6a5b4c3d2e1f", &"ab".repeat(16));
    let shown = shown.replace("Self-service could not finish this case.", &ticket().summary);
    assert_eq!(document, shown);
    // A number that nobody could quote, or that is something else, is not passed on.
    for odd in ["", "created", "{}", r#"{"number":""}"#, r#"{"number":"<script>"}"#, r#"{"number":7}"#] {
        assert_eq!(open(odd).await.0.unwrap(), "RB-ABAB-ABAB", "{odd}");
    }
}

#[tokio::test]
async fn a_hook_that_refuses_opens_nothing() {
    let (port, _requests) = scripted(|stream| {
        read_request(&stream);
        answer(&stream, "503 Service Unavailable", "", "");
    });
    let (hook, _folder) = super::hook::hook(&format!("http://127.0.0.1:{port}/tickets"));
    let opened = HookDesk::new(Arc::new(hook)).open(&ticket()).await;
    assert!(matches!(opened, Err(SendError::Retry { .. })));
}

#[tokio::test]
async fn for_the_demo_one_case_is_one_ticket() {
    let desk = CaptureDesk::default();
    let number = desk.open(&ticket()).await.unwrap();
    assert_eq!(desk.open(&ticket()).await.unwrap(), number);
    let other = Ticket { case: RunId([0xcd; 16]), ..ticket() };
    assert_ne!(desk.open(&other).await.unwrap(), number);
    assert_eq!(desk.all().len(), 2);
    assert!(!desk.open_now());
}
