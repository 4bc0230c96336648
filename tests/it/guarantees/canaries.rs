//! Secrets stay with whom they are for: what the talks use is searched for in everything that is kept, logged or sent.

pub mod encodings;
pub mod places;

use std::collections::BTreeSet;

use ringback::flow::set::Node;

use crate::guarantees::canaries::encodings::Needles;
use crate::guarantees::canaries::places::{Log, files};
use crate::support::world::FLOWS;
use crate::support::world::mailroom::Letter;
use crate::talks::run::{BLURTED, Manner, Run, run_in};
use crate::talks::script::{Talk, WayIn, all};
use crate::talks::values::codes;

/// Shorter ones are found everywhere by chance.
const SHORTEST: usize = 6;

/// Flows whose adapters are not part of this version.
const NOT_WIRED: [&str; 3] = ["gate_call", "call_leg", "gate_push"];

#[tokio::test]
async fn g05_no_secret_of_any_talk_is_in_a_file_a_log_the_record_or_another_message() {
    let log = Log::listen();
    let (mut searched, mut secrets, mut letters, mut found) = (0, 0, 0, Vec::new());
    for talk in all() {
        let folder = tempfile::tempdir().unwrap();
        let way = *talk.run_on.first().unwrap();
        let run = run_in(&talk, way, Manner::Plain, Some(folder.path().to_owned())).await;
        let hidden = hidden(&talk, &run);
        let needles = Needles::of(&hidden);
        secrets += hidden.len();
        for (place, bytes) in kept(&run, &log, folder.path()).await {
            searched += bytes.len();
            found.extend(needles.in_bytes(&bytes).map(|what| format!("{}: {what} in {place}", talk.file)));
        }
        for letter in run.world.letters() {
            letters += 1;
            found.extend(misdirected(&talk, &run, &letter));
        }
    }
    println!("{secrets} secrets, {searched} bytes, {letters} messages, {} findings", found.len());
    assert!(secrets > 100 && letters > 50 && searched > 1_000_000, "there was hardly anything to find");
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn g22_a_password_typed_into_the_chat_at_any_question_is_kept_shown_and_logged_nowhere() {
    blurted(None).await;
}

#[tokio::test]
async fn g22_nor_is_one_that_is_typed_on_telegram() {
    blurted(Some(WayIn::Telegram)).await;
}

#[tokio::test]
async fn g22_nor_is_one_that_is_typed_on_discord() {
    blurted(Some(WayIn::Discord)).await;
}

#[tokio::test]
async fn g22_nor_is_one_that_is_typed_on_teams() {
    blurted(Some(WayIn::Teams)).await;
}

/// At every question of every flow somebody types a password into the chat: of a platform, or of our own.
async fn blurted(platform: Option<WayIn>) {
    let log = Log::listen();
    let (needles, questions) = (Needles::of(&[BLURTED.to_owned()]), questions());
    let (mut asked, mut searched, mut found, mut broken) = (BTreeSet::new(), 0, Vec::new(), Vec::new());
    for talk in all() {
        // A platform is the same for every talk; enough of them are told there to meet every question.
        if platform.is_some() && questions.iter().all(|key| asked.contains(key) || by_telephone(key)) {
            break;
        }
        let way = match platform {
            None => *talk.run_on.iter().rfind(|way| way.platform().is_none()).unwrap(),
            Some(platform) if talk.run_on.contains(&platform) => platform,
            Some(_) => continue,
        };
        let folder = tempfile::tempdir().unwrap();
        let (inner, path) = (talk.clone(), folder.path().to_owned());
        // A talk that took another turn because of it may break off; what it left behind is searched all the same.
        let told = tokio::spawn(async move {
            let mut run = run_in(&inner, way, Manner::Blurting, Some(path.clone())).await;
            let mut kept = kept(&run, &Log::none(), &path).await;
            kept.push(("the screen".to_owned(), run.seat.whole_screen(&run.world).await.into_bytes()));
            kept.push(("what was read".to_owned(), run.read.clone().into_bytes()));
            let letters = run.world.letters();
            kept.extend(letters.into_iter().map(|letter| (letter.by.to_owned(), letter.body.into_bytes())));
            (run.blurted_at, kept)
        });
        let (met, mut kept) = told.await.unwrap_or_else(|_| {
            broken.push(talk.file.clone());
            (BTreeSet::new(), files(folder.path()))
        });
        kept.push(("the log".to_owned(), log.take()));
        asked.extend(met);
        for (place, bytes) in kept {
            searched += bytes.len();
            found.extend(needles.in_bytes(&bytes).map(|_| format!("{} in {place}", talk.file)));
        }
    }
    let never: Vec<String> = questions.into_iter().filter(|question| !asked.contains(question)).collect();
    println!(
        "typed at {} questions, {searched} bytes, {} findings; broken off: {broken:?}; not at {never:?}",
        asked.len(),
        found.len()
    );
    assert!(found.is_empty(), "{found:#?}");
    let never: Vec<String> = never.into_iter().filter(|key| platform.is_none() || !by_telephone(key)).collect();
    assert!(never.is_empty(), "no talk asks these: {never:?}");
}

/// The search itself: each encoding is seen in the middle of anything.
#[test]
fn g05_the_search_sees_a_secret_in_each_of_its_encodings() {
    for secret in ["48151623", "Tin <Kettle> \"7\" sings! & more"] {
        let needles = Needles::of(&[secret.to_owned()]);
        for (encoding, text) in encodings::all(secret) {
            let mut place = b"x\0\xffbefore".to_vec();
            place.extend(text);
            place.extend(b"after");
            assert!(needles.in_bytes(&place).next().is_some(), "{secret} as {encoding} is overlooked");
        }
        assert_eq!(needles.in_bytes(b"nothing of it is here 4815 1623").count(), 0);
    }
    println!("{} encodings", encodings::all("48151623").len());
}

/// What nobody but its owner may ever see.
fn hidden(talk: &Talk, run: &Run) -> Vec<String> {
    let mut hidden = run.passwords.clone();
    hidden.extend(codes(&run.world.letters()));
    hidden.extend(run.world.app_code());
    hidden.extend(
        run.world.person.iter().flat_map(|person| [Some(person.password.clone()), person.totp.clone()]).flatten(),
    );
    hidden.extend(talk.world.totp.clone());
    hidden.extend(talk.world.answers.values().cloned());
    for text in run.world.letters().iter().map(|letter| &letter.text).chain([&run.read]) {
        hidden.extend(tokens(text));
    }
    hidden.retain(|secret| secret.len() >= SHORTEST);
    hidden.sort();
    hidden.dedup();
    hidden
}

/// The secret ends of links: private pages, and "this was not me".
fn tokens(text: &str) -> Vec<String> {
    let after = |mark: &str| {
        let ends = text.split(mark).skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
            rest[..end].to_owned()
        });
        ends.collect::<Vec<_>>()
    };
    [after("/page/"), after("/not-me/")].concat()
}

/// Everything that outlives the moment: files, the log, the record, the figures; and what the chat was told to show.
async fn kept(run: &Run, log: &Log, folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut kept = files(folder);
    kept.push(("the log".to_owned(), log.take()));
    kept.push(("the record".to_owned(), serde_json::to_vec(&run.world.audit().await).unwrap()));
    // Names and labels: the figures are times, in which six digits may stand by chance.
    let metrics = run.world.running().runtime.metrics().text();
    let labels: Vec<&str> =
        metrics.lines().map(|line| line.rsplit_once(' ').map_or(line, |(label, _)| label)).collect();
    kept.push(("the metrics".to_owned(), labels.join("\n").into_bytes()));
    let shown: String = run.world.heard.all().iter().map(|said| format!("{:?}\n", said.prompt)).collect();
    kept.push(("the chat".to_owned(), shown.into_bytes()));
    kept
}

/// A message to another address than its person's, or with a secret that is for nobody.
fn misdirected(talk: &Talk, run: &Run, letter: &Letter) -> Vec<String> {
    let person = run.world.person.as_ref();
    let own = person.into_iter().flat_map(|person| [&person.mail, &person.mobile, &person.office]).flatten();
    let own: Vec<String> = own.map(|address| address.replace(' ', "")).collect();
    let for_nobody = Needles::of(&run.passwords);
    let mut faults = Vec::new();
    if !own.contains(&letter.to) && (letter.code().is_some() || !tokens(&letter.text).is_empty()) {
        faults.push(format!("{}: a {} with a secret to {}", talk.file, letter.by, letter.to));
    }
    faults.extend(for_nobody.in_bytes(letter.body.as_bytes()).map(|what| format!("{}: {what} was sent", talk.file)));
    faults
}

/// Questions that are asked on the telephone alone: platforms tell no talks of it.
fn by_telephone(key: &str) -> bool {
    key.starts_with("voice-") || ["identify-phone-end", "identify-spell-name"].contains(&key)
}

/// Every question of the flows that run, as the key of its words.
fn questions() -> BTreeSet<String> {
    let wired = FLOWS.flows.values().filter(|flow| !NOT_WIRED.contains(&flow.id.as_str()));
    let key = |node: &Node| match node {
        Node::Ask(ask) => Some(ask.prompt.key.to_string()),
        Node::Choose(choose) => Some(choose.prompt.key.to_string()),
        Node::Gates(gates) => Some(gates.prompt.key.to_string()),
        Node::Page(page) => Some(page.text.key.to_string()),
        Node::Say(_) | Node::Do(_) | Node::Call(_) | Node::Wait(_) | Node::End(_) => None,
    };
    let mut questions: BTreeSet<String> = wired.flat_map(|flow| flow.states.values().filter_map(key)).collect();
    questions.insert("common-menu".to_owned());
    questions
}
