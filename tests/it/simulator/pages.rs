//! Private pages and notices as browsers, scanners and thieves ask for them.

use ringback::engine::event::Act;
use ringback::model::ids::{ConversationId, PageId};
use ringback::model::peer::Peer;
use ringback::model::prompt::PageLink;
use ringback::model::secrets::{Answer, Password};
use ringback::runtime::pages::{Fields, FormFields, Opened, Opener, PageAnswer, token};
use tokio::task::JoinHandle;

use super::oracle::Invariant;
use super::planted::Planted;
use super::world::{Task, World};

#[derive(Clone)]
pub enum Ask {
    /// GET of a link, as a scanner does.
    Look(PageLink),
    OpenHere(PageLink, Peer),
    OpenElsewhere(PageLink, String),
    Form(String),
    Password(String, String),
    Answers(String, Vec<String>),
    Decline(String),
    Extend(String),
    NotMe(String),
}

#[derive(Clone)]
pub enum Said {
    Looked,
    Session(String),
    NoSession,
    /// Question ids; none for a password.
    Form(Vec<String>),
    NoForm,
    Answer(PageAnswer),
    Done,
    /// No answer came.
    Lost,
}

pub struct PendingPage {
    actor: usize,
    ask: Ask,
    answer: JoinHandle<Said>,
}

/// Hands a request in; the answer comes to the actor later.
pub fn ask(world: &mut World, actor: usize, ask: Ask) {
    world.scene.tally("page requests");
    let (Some(machine), Some(runtime)) = (&world.machine, &world.runtime) else {
        world.actors[actor].page_said = Some(Said::Lost);
        return world.plan_in(2_000, Task::Act(actor));
    };
    if let Ask::OpenHere(link, _) | Ask::OpenElsewhere(link, _) = &ask {
        world.scene.state().oracle.posted.insert(link.page);
    }
    let (pages, notices, keys) = (runtime.pages(), runtime.notices(), std::sync::Arc::clone(&world.scene.keys));
    let consumes = world.scene.has_planted(Planted::GetConsumes);
    let (asked, peer) = (ask.clone(), world.actors[actor].peer.clone());
    let url = move |page: PageId| token(&keys, page);
    let answer = machine.spawn(async move {
        let opened = |opened| match opened {
            Ok(Opened::Session(session)) => Said::Session(session.reveal().to_owned()),
            Ok(Opened::WrongCode { .. } | Opened::Dead) | Err(_) => Said::NoSession,
        };
        match asked {
            Ask::Look(link) => {
                let _ = pages.look(&url(link.page), Some(&peer)).await;
                if consumes {
                    let _ = pages.open(&url(link.page), Opener::ShortCode(&link.short_code)).await;
                }
                Said::Looked
            }
            Ask::OpenHere(link, peer) => opened(pages.open(&url(link.page), Opener::Browser(&peer)).await),
            Ask::OpenElsewhere(link, code) => opened(pages.open(&url(link.page), Opener::ShortCode(&code)).await),
            Ask::Form(session) => match pages.form(&session).await {
                Ok(Some(form)) => match form.fields {
                    FormFields::NewPassword { .. } => Said::Form(Vec::new()),
                    FormFields::Answers(asked) => {
                        Said::Form(asked.iter().map(|question| question.key.as_str().to_owned()).collect())
                    }
                },
                Ok(None) => Said::NoForm,
                Err(_) => Said::Lost,
            },
            Ask::Password(session, password) => {
                let field = || Password::new(password.clone());
                let fields = Fields::NewPassword { password: field(), again: field() };
                pages.submit(&session, fields).await.map_or(Said::Lost, Said::Answer)
            }
            Ask::Answers(session, given) => {
                let answers = given.into_iter().map(Answer::new).collect();
                pages.submit(&session, Fields::Answers(answers)).await.map_or(Said::Lost, Said::Answer)
            }
            Ask::Decline(session) => pages.decline(&session).await.map_or(Said::Lost, |_| Said::Done),
            Ask::Extend(session) => pages.extend(&session).await.map_or(Said::Lost, |_| Said::Done),
            Ask::NotMe(token) => notices.report(&token).await.map_or(Said::Lost, |_| Said::Done),
        }
    });
    world.pages.push(PendingPage { actor, ask, answer });
}

/// Takes the answers that have come, and judges them.
pub fn answers(world: &mut World) {
    if world.pages.is_empty() {
        return;
    }
    let Some(machine) = &world.machine else { return };
    let (done, open): (Vec<_>, Vec<_>) =
        std::mem::take(&mut world.pages).into_iter().partition(|pending| pending.answer.is_finished());
    world.pages = open;
    let taken: Vec<_> =
        done.into_iter().map(|p| (p.actor, p.ask, machine.take(p.answer).unwrap_or(Said::Lost))).collect();
    for (actor, ask, said) in taken {
        judge(world, actor, &ask, &said);
        if let Some(actor) = world.actors.get_mut(actor) {
            actor.page_said = Some(said);
        }
        world.plan_in(1_200, Task::Act(actor));
    }
}

/// The machine stopped: browsers show an error.
pub fn lost(world: &mut World) {
    for pending in std::mem::take(&mut world.pages) {
        if let Some(actor) = world.actors.get_mut(pending.actor) {
            actor.page_said = Some(Said::Lost);
        }
        world.plan_in(3_000, Task::Act(pending.actor));
    }
}

fn judge(world: &World, actor: usize, ask: &Ask, said: &Said) {
    let thief = world.actors.get(actor).is_some_and(|actor| actor.kind.is_thief());
    let mark = world.scene.clock.mark();
    let mut state = world.scene.state();
    let oracle = &mut state.oracle;
    match (ask, said) {
        (Ask::OpenHere(link, _), Said::Session(_)) => {
            oracle.hold(Invariant::I13, !thief, || "a link was opened by somebody else's browser".to_owned());
            oracle.hold(Invariant::I9, mark < link.expires, || "a link was opened that had expired".to_owned());
        }
        (Ask::OpenElsewhere(link, code), Said::Session(_)) => {
            oracle.hold(Invariant::I13, *code == link.short_code, || "a link opened with a wrong code".to_owned());
            oracle.hold(Invariant::I9, mark < link.expires, || "a link was opened that had expired".to_owned());
            let first = oracle.opened_elsewhere.insert(link.page);
            oracle.hold(Invariant::I2, first, || "a link was opened twice elsewhere".to_owned());
        }
        (Ask::Password(session, _), Said::Answer(answer)) => {
            let holds_none = thief && !matches!(answer, PageAnswer::Dead | PageAnswer::Mismatch);
            oracle.hold(Invariant::I13, !holds_none, || format!("a forged session was answered {answer:?}"));
            if let (PageAnswer::Done, Some(id)) = (answer, conversation_of(session)) {
                oracle.said(id, "reset-done");
            }
        }
        _ => {}
    }
}

fn conversation_of(session: &str) -> Option<ConversationId> {
    let bytes = data_encoding::BASE64URL_NOPAD.decode(session.as_bytes()).ok()?;
    Some(ConversationId(bytes.get(..16)?.try_into().ok()?))
}

/// A wish to say something, or to open something.
pub enum Move {
    Say(Act),
    Open(PageLink),
    Wait(u64),
    Over,
}
