//! Values that must not leak: no `Debug`, no `Clone`, no `Serialize`, wiped on drop.
//!
//! `reveal` is the one reading method, so that every use can be found by searching for it.

use zeroize::Zeroizing;

/// Declares a secret text type; see the module line for what it deliberately cannot do.
macro_rules! secret_text {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        ///
        /// ```compile_fail
        #[doc = concat!("let secret = ringback::model::secrets::", stringify!($name), "::new(String::from(\"x\"));")]
        /// println!("{secret:?}");
        /// ```
        pub struct $name(Zeroizing<String>);

        impl $name {
            pub fn new(text: String) -> Self {
                Self(Zeroizing::new(text))
            }

            /// The value itself; keep it out of logs, errors, URLs and chats.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }
    )+};
}

secret_text! {
    /// A password as typed on a private page, byte for byte.
    Password,
    /// A verification code on its way to a registered address; leading zeros count.
    Code,
    /// An answer to a security question, as typed.
    Answer,
}

/// A secret on its way through the vault.
pub enum Secret {
    Password(Password),
    Code(Code),
    /// Answers in the order in which the questions were shown.
    Answers(Vec<Answer>),
    /// A temporary password that was made here, to be changed at the first sign-in.
    Temporary(Password),
    /// A part of it in the words in which it is read out.
    Spoken(Password),
}
