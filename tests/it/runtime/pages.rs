//! Private pages: looked at without consequence, opened once, judged, extended, given up.

use ringback::model::ids::PageId;
use ringback::model::secrets::{Answer, Password};
use ringback::model::time::Seconds;
use ringback::ports::clock::Clock;
use ringback::runtime::pages::{Fields, FormFields, Opened, Opener, PageAnswer, Pages, token, url};
use ringback::runtime::start::Runtime;

use super::house::{House, URL};
use super::person::Person;

const AISYAH: &str = "aisyah@mail.apu.edu.my";

struct AtPage<'a> {
    house: &'a House,
    runtime: Runtime,
    person: Person<'a>,
    token: String,
    short_code: String,
}

async fn at_page(house: &House) -> AtPage<'_> {
    let runtime = house.open().await;
    let mut person = Person::new(house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let link = person.last().unwrap().page.unwrap();
    AtPage { house, runtime, person, token: token(&house.keys, link.page), short_code: link.short_code }
}

impl AtPage<'_> {
    fn pages(&self) -> Pages {
        self.runtime.pages()
    }

    async fn session(&self) -> String {
        match self.pages().open(&self.token, Opener::ShortCode(&self.short_code)).await.unwrap() {
            Opened::Session(session) => session.reveal().to_owned(),
            Opened::WrongCode { .. } | Opened::Dead => panic!("the page did not open"),
        }
    }

    async fn submit(&self, session: &str, password: &str, again: &str) -> PageAnswer {
        let (password, again) = (Password::new(password.to_owned()), Password::new(again.to_owned()));
        self.pages().submit(session, Fields::NewPassword { password, again }).await.unwrap()
    }
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    for _ in 0..50 {
        let view = at.pages().look(&at.token, None).await.unwrap().unwrap();
        assert!(view.short_code, "whoever comes without the chat's browser types the four digits");
    }
    let own = at.pages().look(&at.token, Some(&at.person.peer)).await.unwrap().unwrap();
    assert!(!own.short_code);
    let stranger = house.peer("browser-2");
    assert!(at.pages().look(&at.token, Some(&stranger)).await.unwrap().unwrap().short_code);
    at.session().await;
}

#[tokio::test]
async fn a_link_has_one_opener() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let session = at.session().await;
    let again = at.pages().open(&at.token, Opener::ShortCode(&at.short_code)).await.unwrap();
    assert!(matches!(again, Opened::Dead));
    assert!(at.pages().form(&session).await.unwrap().is_some());
}

#[tokio::test]
async fn the_browser_of_the_chat_may_open_it_again_and_then_holds_it_alone() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let elsewhere = at.session().await;
    let Opened::Session(own) = at.pages().open(&at.token, Opener::Browser(&at.person.peer)).await.unwrap() else {
        panic!("the chat's own browser is turned away")
    };
    assert!(at.pages().form(own.reveal()).await.unwrap().is_some());
    assert!(at.pages().form(&elsewhere).await.unwrap().is_none());
}

#[tokio::test]
async fn five_wrong_short_codes_kill_a_link() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let wrong = if at.short_code == "0000" { "1111" } else { "0000" };
    let stranger = house.peer("browser-2");
    for left in (1..=4).rev() {
        let opener = if left % 2 == 0 { Opener::ShortCode(wrong) } else { Opener::Browser(&stranger) };
        let opened = at.pages().open(&at.token, opener).await.unwrap();
        assert!(matches!(opened, Opened::WrongCode { left: told } if told == left));
    }
    assert!(matches!(at.pages().open(&at.token, Opener::ShortCode(wrong)).await.unwrap(), Opened::Dead));
    assert!(matches!(at.pages().open(&at.token, Opener::ShortCode(&at.short_code)).await.unwrap(), Opened::Dead));
}

#[tokio::test]
async fn a_made_up_token_opens_nothing() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let mut bent = at.token.clone().into_bytes();
    bent[60] = if bent[60] == b'A' { b'B' } else { b'A' };
    for token in ["", "x", &String::from_utf8(bent).unwrap(), &token(&house.keys, PageId([3; 16]))] {
        assert!(at.pages().look(token, None).await.unwrap().is_none(), "{token}");
        assert!(matches!(at.pages().open(token, Opener::ShortCode("0000")).await.unwrap(), Opened::Dead));
    }
    assert!(at.pages().form("no-session").await.unwrap().is_none());
    assert_eq!(url(&house.keys, URL, PageId([3; 16])).matches("https://reset.test/page/").count(), 1);
}

#[tokio::test]
async fn a_password_is_judged_by_every_rule_before_anything_is_tried() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let session = at.session().await;
    let form = at.pages().form(&session).await.unwrap().unwrap();
    let FormFields::NewPassword { user_name, rules } = form.fields else { panic!("another form") };
    assert_eq!(user_name.as_deref(), Some(AISYAH));
    assert!(rules.iter().any(|rule| !rule.kept), "{rules:?}");
    let verdicts = at.pages().judge(&session, &Password::new("short".to_owned())).await.unwrap().unwrap();
    assert_eq!(verdicts.len(), rules.len());

    assert_eq!(at.submit(&session, "Marmalade+Kites+77", "Marmalade+Kites+78").await, PageAnswer::Mismatch);
    let PageAnswer::Refused { reasons } = at.submit(&session, "short", "short").await else { panic!("not refused") };
    assert!(!reasons.is_empty());
    assert_eq!(house.directory.n_sets(), 0);
    assert_eq!(at.submit(&session, "Marmalade+Kites+77", "Marmalade+Kites+77").await, PageAnswer::Done);
    assert_eq!(house.directory.n_sets(), 1);
    // Sent once more it is answered, not done; another password is another matter; and a minute later it is over.
    assert_eq!(at.submit(&session, "Marmalade+Kites+77", "Marmalade+Kites+77").await, PageAnswer::Done);
    assert_eq!(at.submit(&session, "Marmalade+Kites+78", "Marmalade+Kites+78").await, PageAnswer::Dead);
    house.clock.advance(Seconds(61));
    assert_eq!(at.submit(&session, "Marmalade+Kites+77", "Marmalade+Kites+77").await, PageAnswer::Dead);
    assert_eq!(house.directory.n_sets(), 1);
}

#[tokio::test]
async fn a_password_that_the_directory_refuses_keeps_the_page_and_the_proof() {
    let house = House::of("imu");
    let runtime = house.open().await;
    let name = "farah@student.imu.edu.my";
    let mut person = Person::new(&house, "browser-1", name);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let page = person.last().unwrap();
    let session = person.open_page(&runtime, &page).await.unwrap();
    // The one that is set now: our rules cannot know, the directory's history does.
    let refused = person.hand_in(&runtime, &session, "Quiet-Library-13").await;
    assert!(matches!(&refused, PageAnswer::Refused { reasons } if reasons.len() == 1), "{refused:?}");
    assert!(runtime.pages().form(&session).await.unwrap().is_some(), "the same session goes on");
    assert_eq!(person.hand_in(&runtime, &session, "Marmalade+Kites+77").await, PageAnswer::Done);
    assert!(house.signs_in(name, "Marmalade+Kites+77").await);
}

#[tokio::test]
async fn a_form_handed_in_five_times_at_once_acts_once() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let session = at.session().await;
    let submit = |password: &'static str| at.submit(&session, password, password);
    let (same, other) = ("Marmalade+Kites+77", "Marmalade+Kites+78");
    let answers = tokio::join!(submit(same), submit(same), submit(same), submit(other), submit(same));
    let answers = [answers.0, answers.1, answers.2, answers.3, answers.4];
    assert_eq!(house.directory.n_sets(), 1);
    // Whoever is told that it is done finds it so.
    let [new, untold] = if house.signs_in(AISYAH, same).await { [same, other] } else { [other, same] };
    assert!(house.signs_in(AISYAH, new).await);
    for (answer, sent) in answers.iter().zip([same, same, same, other, same]) {
        assert_eq!(*answer, if sent == untold { PageAnswer::Dead } else { PageAnswer::Done }, "{answers:?}");
    }
}

#[tokio::test]
async fn a_page_dies_after_ten_minutes_and_the_proof_limits_more_time() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let session = at.session().await;
    let before = at.pages().form(&session).await.unwrap().unwrap();
    house.clock.advance(Seconds::minutes(3));
    // Receipts live ten minutes: a page for a new password cannot outlive them.
    if let Some(later) = at.pages().extend(&session).await.unwrap() {
        assert!(later.0 <= before.expires.0 + 60_000, "{later:?} {:?}", before.expires);
    }
    house.clock.advance(Seconds::minutes(8));
    assert!(at.pages().form(&session).await.unwrap().is_none());
    assert!(at.pages().look(&at.token, None).await.unwrap().is_none());
    assert_eq!(at.submit(&session, "Marmalade+Kites+77", "Marmalade+Kites+77").await, PageAnswer::Dead);
    assert_eq!(at.house.directory.n_sets(), 0);
}

#[tokio::test]
async fn a_declined_page_says_so_in_the_chat() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let session = at.session().await;
    assert!(at.pages().decline(&session).await.unwrap());
    at.runtime.inbox().drained().await;
    assert!(at.person.shows("reset-declined"), "{:?}", house.screen.keys("browser-1"));
    assert!(!at.pages().decline(&session).await.unwrap());
}

#[tokio::test]
async fn a_form_of_another_kind_is_not_taken() {
    let house = House::of("apu");
    let at = at_page(&house).await;
    let session = at.session().await;
    let answers = Fields::Answers(vec![Answer::new("blue".to_owned())]);
    assert_eq!(at.pages().submit(&session, answers).await.unwrap(), PageAnswer::Dead);
    assert!(at.pages().form(&session).await.unwrap().is_some());
    assert!(house.clock.now().0 > 0);
}
