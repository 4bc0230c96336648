//! Every talk on every way in, as it stands and under stress.

use std::collections::BTreeMap;
use std::fmt::Write;

use ringback::flow::coverage::ways;
use ringback::flow::load;
use ringback::flow::set::FlowSet;
use ringback::model::peer::Surface;
use serde_json::Value;

use crate::messaging::discord;
use crate::messaging::teams::{cards, rendered};
use crate::messaging::telegram::sent;
use crate::support::walked;
use crate::support::world::CATALOG;
use crate::talks::bless;
use crate::talks::run::{Manner, Run, run};
use crate::talks::script::{PLATFORMS, Talk, WayIn, all};

#[tokio::test]
async fn on_the_terminal() {
    tell(WayIn::Terminal, Manner::Plain).await;
}

#[tokio::test]
async fn on_the_telephone() {
    tell(WayIn::Voice, Manner::Plain).await;
}

#[tokio::test]
async fn on_the_telephone_with_every_turn_delivered_twice() {
    tell(WayIn::Voice, Manner::Twice).await;
}

#[tokio::test]
async fn on_telegram() {
    tell(WayIn::Telegram, Manner::Plain).await;
}

#[tokio::test]
async fn on_discord() {
    tell(WayIn::Discord, Manner::Plain).await;
}

#[tokio::test]
async fn on_discord_with_every_interaction_delivered_twice() {
    tell(WayIn::Discord, Manner::Twice).await;
}

#[tokio::test]
async fn on_teams() {
    tell(WayIn::Teams, Manner::Plain).await;
}

#[tokio::test]
async fn on_teams_with_every_activity_delivered_twice() {
    tell(WayIn::Teams, Manner::Twice).await;
}

#[tokio::test]
async fn on_teams_with_a_crash_after_every_step() {
    tell(WayIn::Teams, Manner::Crashing).await;
}

#[tokio::test]
async fn on_discord_with_a_crash_after_every_step() {
    tell(WayIn::Discord, Manner::Crashing).await;
}

#[tokio::test]
async fn on_telegram_with_every_update_delivered_twice() {
    tell(WayIn::Telegram, Manner::Twice).await;
}

#[tokio::test]
async fn on_telegram_with_a_crash_after_every_step() {
    tell(WayIn::Telegram, Manner::Crashing).await;
}

/// Every story that a chat can carry is told on every platform; a way in that is left out has its reason in the talk's
/// file, and there are few.
#[test]
fn every_chat_carries_nearly_every_talk() {
    let talks = all();
    let chats: Vec<&Talk> = talks.iter().filter(|talk| talk.run_on.iter().any(|way| *way != WayIn::Voice)).collect();
    let mut matrix = String::new();
    for platform in PLATFORMS {
        let left: Vec<&str> =
            chats.iter().filter(|talk| !talk.run_on.contains(&platform)).map(|talk| talk.file.as_str()).collect();
        let _ = writeln!(matrix, "{platform:?}: {} of {} talks; not {left:?}", chats.len() - left.len(), chats.len());
        assert!(left.len() * 10 <= chats.len(), "{matrix}");
    }
    println!("{matrix}");
}

/// Also looks which ways through the flows no talk walks (lint L18).
#[tokio::test]
async fn in_the_browser() {
    walked::record();
    tell(WayIn::Browser, Manner::Plain).await;
    tell(WayIn::Voice, Manner::Plain).await;
    let walked = walked::walked();
    let flows = FlowSet::load(&load::shipped(), Some(&CATALOG)).unwrap_or_else(|_| panic!("the shipped flows load"));
    let left: Vec<String> = ways(&flows)
        .iter()
        .map(ToString::to_string)
        .filter(|way| !walked.contains(way) && !NOT_WIRED.iter().any(|not_wired| way.starts_with(not_wired)))
        .collect();
    println!("{} ways through the flows are walked by talks, {} are not: {left:#?}", walked.len(), left.len());
    let only = std::env::var_os("RINGBACK_TALK").is_some();
    assert!(only || left.is_empty(), "no talk walks these: {left:#?}");
}

/// What nothing can walk: its adapters (push, handing a chat over) are not part of this version, and a leg that answers no
/// gate is never opened.
const NOT_WIRED: [&str; 4] =
    ["gate_push: ", "handover: live → connected", "call_leg: accept → stale", "call_leg: stale → closed"];

#[tokio::test]
async fn with_every_message_delivered_twice() {
    tell(WayIn::Browser, Manner::Twice).await;
}

#[tokio::test]
async fn with_a_crash_after_every_step_in_the_browser() {
    tell(WayIn::Browser, Manner::Crashing).await;
}

#[tokio::test]
async fn with_a_crash_after_every_step_on_the_terminal() {
    tell(WayIn::Terminal, Manner::Crashing).await;
}

#[tokio::test]
async fn with_help_repeat_and_a_cancel_taken_back_at_every_question() {
    tell(WayIn::Browser, Manner::Interrupted).await;
}

/// Tells all talks one way and prints the column of the run matrix.
async fn tell(way: WayIn, manner: Manner) {
    let mut column = format!("{way:?}, {manner:?}:\n");
    let mut faults = Vec::new();
    let (mut all_cards, mut bodies) = (BTreeMap::new(), Vec::new());
    let only = std::env::var("RINGBACK_TALK").unwrap_or_default();
    for talk in all().iter().filter(|talk| talk.run_on.contains(&way) && talk.file.contains(&only)) {
        let run = match tokio::spawn(told(talk.clone(), way, manner)).await {
            Ok(run) => run,
            Err(broken) => {
                let why = broken.into_panic();
                let why = why.downcast_ref::<String>().cloned().unwrap_or_else(|| "it broke off".to_owned());
                faults.push(format!("{} on {way:?}: {why}", talk.file));
                continue;
            }
        };
        let messages = run.seat.messages(&run.world).map_or_else(String::new, |n| format!(" ({n} messages)"));
        let outcome = if run.faults.is_empty() { "ok  " } else { "FAIL" };
        let _ = writeln!(column, "  {outcome} {}{messages}", talk.talk);
        if manner == Manner::Plain && bless::wanted() && talk.run_on.first() == Some(&way) {
            bless::write(&talk.file, &run.bot);
        }
        if !only.is_empty() {
            println!("{}", run.read);
        }
        faults.extend(run.faults.iter().cloned());
        faults.extend(unsayable(&run));
        if way == WayIn::Teams {
            faults.extend(cards::of_talk(&run));
            let shown = cards::shown(&run).into_iter().map(|card| (cards::kind_of(&card), card));
            all_cards.extend(shown);
        }
        if way == WayIn::Telegram {
            faults.extend(sent::unsendable(&run));
        }
        if let Some(mock) = run.world.discord.as_ref().filter(|_| manner == Manner::Plain) {
            bodies.extend(mock.sent());
            let said = run.world.heard.all();
            let all = said.iter().flat_map(|said| CATALOG.languages().iter().map(|it| (&said.prompt, it)));
            bodies.extend(all.flat_map(|(prompt, language)| discord::payloads::bodies_of(prompt, language)));
        }
    }
    if !bodies.is_empty() {
        let _ = writeln!(column, "{} bodies are as Discord's whole description has them", bodies.len());
        faults.extend(discord::described::faults(&bodies));
    }
    if manner == Manner::Plain && !all_cards.is_empty() {
        let cards: Vec<Value> = all_cards.into_values().collect();
        let (wrong, pressed) = rendered::judged(&cards).await;
        let _ = writeln!(column, "{} cards in Microsoft's renderer, {pressed} buttons by keyboard alone", cards.len());
        faults.extend(wrong);
    }
    println!("{column}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Everything that was said must be sayable in every language, seen and heard.
fn unsayable(run: &Run) -> Vec<String> {
    let mut faults = Vec::new();
    for said in run.world.heard.all() {
        for language in CATALOG.languages() {
            if run.world.discord.is_some() {
                faults.extend(discord::payloads::faults_of(&said.prompt, language));
            }
            for surface in [Surface::Chat, Surface::Voice] {
                let words = CATALOG.render(language, surface, &said.prompt, &|_| None);
                for text in std::iter::once(&words.text).chain(&words.choices) {
                    let whole = !text.trim().is_empty() && !text.contains(['{', '}', '$']);
                    if !whole || *text == said.prompt.message.as_str() {
                        faults.push(format!("{} in {language} for {surface:?}: `{text}`", said.prompt.message));
                    }
                }
            }
        }
    }
    faults
}

/// On a task of its own: a talk that breaks off does not silence the others.
async fn told(talk: Talk, way: WayIn, manner: Manner) -> Run {
    run(&talk, way, manner).await
}

/// A page is open for ten minutes, and a conversation waits for fifteen since its person last said something, which is a
/// second and a half longer than since they had an answer about a name: before that nothing ends, a second after it all has.
#[tokio::test]
async fn g13_a_page_ends_after_ten_minutes_and_a_conversation_after_fifteen_to_the_second() {
    let reminded = ["common-no-input", "verify-choose-method"];
    for (file, minutes, early, said) in [("page-expires.yaml", 10, 1, &[][..]), ("idle.yaml", 15, 3, &reminded)] {
        let mut talk = all().into_iter().find(|talk| talk.file == file).unwrap();
        let at = talk.steps.iter().position(|step| step.wait_minutes.is_some()).unwrap();
        let mut end = talk.steps[at].clone();
        (end.wait_minutes, end.wait_seconds) = (None, Some(early + 1));
        let mut before = end.clone();
        (before.wait_seconds, before.bot, before.proves) =
            (Some(minutes * 60 - early), Some(said.iter().map(|&key: &&str| key.to_owned()).collect()), Vec::new());
        talk.steps.splice(at..=at, [before, end]);
        let run = run(&talk, WayIn::Terminal, Manner::Plain).await;
        println!("g13: {file}: open after {} s, over after {} s", minutes * 60 - early, minutes * 60 + 1);
        assert!(run.faults.is_empty(), "{}", run.faults.join("\n"));
    }
}
