//! The shell around the pure engine: one event in, one batch to disk, effects after it, messages after that.
//!
//! `turn` takes events, `perform` does what the engine wishes for, `outbox` sends, `timers` wakes; `pages` and `notices`
//! serve the two kinds of links. Everything shared lies in `shell`; `parts` is what `app` plugs in. `guard` puts breakers
//! before what may fail, `health` tells how they stand, `watch` finds out when something is back. `farewell` tells
//! addresses that an account lost.

pub mod breaker;
pub mod calls;
pub mod caps;
pub mod flows;
pub mod health;
pub mod notices;
pub mod observe;
pub mod operate;
pub mod pages;
pub mod parts;
pub mod record;
pub mod start;
pub mod system;
pub mod turn;
pub mod vault;

mod addresses;
mod farewell;
mod guard;
mod letters;
mod locks;
mod outbox;
mod perform;
mod places;
mod reconcile;
mod shell;
mod timers;
mod watch;
