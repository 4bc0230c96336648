//! What a turn took, stage by stage: into the metrics, and as one line at debug when nothing of it is open any more.

use std::time::Duration;

use crate::engine::conversation::Conversation;
use crate::metrics::catalog::Metric;
use crate::runtime::shell::Shell;

/// Time that one step, or a turn with all its effects, spent where.
#[derive(Clone, Copy, Default, Debug)]
pub struct Took {
    pub load: Duration,
    pub step: Duration,
    pub commit: Duration,
    /// Performing effects, the fixed floor of `identify` included.
    pub effects: Duration,
    pub n_effects: u64,
}

impl Took {
    /// Adds what the step on an effect's result took.
    pub fn add(&mut self, step: &Took) {
        self.load += step.load;
        self.step += step.step;
        self.commit += step.commit;
    }

    /// Nothing of the turn is open any more.
    pub fn finish(&self, shell: &Shell, conversation: &Conversation) {
        let stages = [("load", self.load), ("step", self.step), ("commit", self.commit)];
        let effects = (self.n_effects > 0).then_some(("effects", self.effects));
        for (stage, took) in stages.into_iter().chain(effects) {
            shell.metrics.took(Metric::StageSeconds, &[stage], took);
        }
        tracing::debug!(
            conversation = %conversation.id,
            channel = conversation.peer.channel.name(),
            tenant = %conversation.peer.tenant,
            load_us = micros(self.load),
            step_us = micros(self.step),
            commit_us = micros(self.commit),
            effects = self.n_effects,
            effects_us = micros(self.effects),
            total_us = micros(self.load + self.step + self.commit + self.effects),
            "turn",
        );
    }
}

pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
