//! Faults that somebody could build in one day, each planted into a store, a registry, a channel or another port around
//! the healthy service. The oracle has to notice every one of them, in the seed that `CAUGHT_IN` names.

mod spoil;

pub use self::spoil::Known;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Planted {
    /// A new code gives five new tries.
    ResendForgives,
    /// Attempts are counted after they were compared, so a crash forgets them.
    CountsTooLate,
    /// The last used step of an authenticator is forgotten.
    StepForgotten,
    /// The store says "on disk" before it is.
    AcknowledgesEarly,
    /// Looking at a link uses it up.
    GetConsumes,
    /// Buttons do not name their case.
    ButtonOfAnyCase,
    /// Receipts do not name their case: one gate counts in every case of the account.
    ReceiptOfAnyCase,
    /// Codes do not name their challenge: any code that the account ever got is right.
    CodeOfAnyCase,
    /// A redelivered event is handled again.
    EventForgotten,
    /// A code lives for an hour.
    CodeLivesLong,
    /// Nobody has to type the full number or address.
    ContactNotAsked,
    /// The third code is believed, whatever it is.
    GateBelieved,
    /// One right code forgives all wrong ones.
    RightForgivesAll,
    /// Nobody counts what is sent.
    SendsUncounted,
    /// A closed account is served on.
    FreezeIgnored,
    /// A disabled account is served on, from a copy read earlier.
    StaleAccount,
    /// The intent is said to be on record and is not.
    IntentNotWritten,
    /// The outcome is said to be on record and is not.
    OutcomeNotWritten,
    /// A look that cannot tell says "done".
    ResolverGuesses,
    /// A set whose answer was lost is sent again.
    SetsAgain,
    /// Nobody is told of a change by text.
    NoticesDropped,
    /// Two cases may change one account.
    LastSetForgotten,
    /// A channel notes down what was typed.
    ChannelKeepsWords,
    /// Peers of all channels are one.
    PeersCollide,
    /// Unknown names get another answer.
    UnknownNamesDiffer,
    /// Prompts with a link never leave.
    PromptsLost,
    /// Text messages are sent again although nobody knows whether the first was.
    TextsAgain,
    /// A row of the record is dropped now and then.
    RecordHasHoles,
}

/// A seed in which each fault is caught, and in which the healthy service does nothing wrong. When a change of the product
/// tells other stories, `RINGBACK_SEEDS=300 cargo nextest run -E 'test(simulator::g01_every_planted)'` finds new ones.
pub const CAUGHT_IN: [(Planted, u64); 28] = [
    (Planted::ResendForgives, 5),
    (Planted::CountsTooLate, 1),
    (Planted::StepForgotten, 39),
    (Planted::AcknowledgesEarly, 4),
    (Planted::GetConsumes, 1),
    (Planted::ButtonOfAnyCase, 17),
    (Planted::ReceiptOfAnyCase, 5),
    (Planted::CodeOfAnyCase, 6),
    (Planted::EventForgotten, 1),
    (Planted::CodeLivesLong, 19),
    (Planted::ContactNotAsked, 4),
    (Planted::GateBelieved, 1),
    (Planted::RightForgivesAll, 2),
    (Planted::SendsUncounted, 1),
    (Planted::FreezeIgnored, 40),
    (Planted::StaleAccount, 2),
    (Planted::IntentNotWritten, 1),
    (Planted::OutcomeNotWritten, 1),
    (Planted::ResolverGuesses, 3),
    (Planted::SetsAgain, 1),
    (Planted::NoticesDropped, 1),
    (Planted::LastSetForgotten, 266),
    (Planted::ChannelKeepsWords, 1),
    (Planted::PeersCollide, 1),
    (Planted::UnknownNamesDiffer, 1),
    (Planted::PromptsLost, 1),
    (Planted::TextsAgain, 1),
    (Planted::RecordHasHoles, 1),
];
