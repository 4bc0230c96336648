//! Unknown names: methods and hints that a real account of this tenant might have, the same for ever.
