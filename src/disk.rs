//! What every file of ours needs: made for its owner alone, marked so that nothing acknowledged can vanish unnoticed,
//! copied while it is in use.

pub mod copy;
pub mod later;
pub mod mark;
pub mod private;
