//! Callers who say nothing or press a wrong key before they do what a talk says.

use ringback::engine::event::Act;

use crate::support::world::seat::{Call, Seat};
use crate::talks::run::{Manner, Run};
use crate::talks::script::{Step, Talk};

impl Run {
    /// Before a step that presses keys: the question must come back.
    pub async fn disturb(&mut self, talk: &Talk, n: usize) -> Vec<String> {
        let step = &talk.steps[n];
        // The answer to a restart is what such a talk is about.
        if n > 0 && talk.steps[n - 1].restart == Some(true) {
            return Vec::new();
        }
        let Self { world, seat, leg, .. } = self;
        let call: &mut Call = match (&mut *seat, leg) {
            (_, Some(leg)) if step.leg_keys.is_some() => leg,
            (Seat::Voice(call), _) if step.keys.is_some() || step.pick.is_some() => call,
            _ => return Vec::new(),
        };
        let Some((most, _)) = call.line.as_ref().and_then(|line| line.asked()) else { return Vec::new() };
        let mine = world.heard.all().into_iter().filter(|said| said.peer == call.peer);
        let Some(open) = mine.map(|said| said.prompt).next_back() else { return Vec::new() };
        let asked = open.message.as_str().to_owned();
        // Where the talk itself is silent or mistaken, once more would be once too often; and once at a question is enough.
        if self.disturbed_at == asked || errs_itself(talk, &asked) {
            return Vec::new();
        }
        let act = match self.manner {
            Manner::Silent => Act::Silence,
            Manner::Mistaken => {
                let offered: Vec<char> = open.choices.iter().filter_map(|it| it.voice_key).collect();
                Act::Keys(wrong(&asked, most, &offered))
            }
            _ => return Vec::new(),
        };
        let did = format!("{act:?}");
        call.does(world, act, 1).await;
        call.catch_up(world).await;
        call.listen(world);
        self.disturbed += 1;
        self.disturbed_at.clone_from(&asked);
        let mut mine = world.heard.all().into_iter().filter(|said| said.peer == call.peer);
        let now = mine.next_back().map(|said| said.prompt.message.as_str().to_owned()).unwrap_or_default();
        let line = call.line.as_ref().expect("a provider carries it");
        if now == asked && line.asked().is_some() && !line.over {
            return Vec::new();
        }
        vec![format!("{did} at {asked} led to {now}")]
    }
}

/// Keys that are no answer to a question.
fn wrong(asked: &str, most: usize, offered: &[char]) -> String {
    let free = "8765431".chars().find(|key| !offered.contains(key)).expect("there are no seven options");
    match most {
        1 => free.to_string(),
        // Any keys may be somebody's number or name; what is none begins anew with a star.
        _ if asked.starts_with("identify-ask") || asked.starts_with("identify-spell") => "12*".to_owned(),
        // Other digits there have the right ones read again: another question.
        _ if asked == "voice-phrase-confirm" => "*".to_owned(),
        _ => "5".to_owned(),
    }
}

/// Whether the talk is silent or mistaken at this question.
fn errs_itself(talk: &Talk, asked: &str) -> bool {
    let says = |step: &Step| step.bot.as_ref().and_then(|bot| bot.last().cloned());
    let before = |n: usize| talk.steps[..n].iter().rev().find_map(says);
    let errs = |(n, step): (usize, &Step)| {
        let told = step.bot.as_deref().and_then(|bot| bot.first()).is_some_and(|key| key.ends_with("-wrong"));
        let again = told || says(step).as_deref() == Some(asked);
        before(n).as_deref() == Some(asked) && (step.silence.is_some() || again)
    };
    talk.steps.iter().enumerate().any(errs)
}
