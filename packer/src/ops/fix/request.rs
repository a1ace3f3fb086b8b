//! What a caller asks to have repaired.

use super::table;
use crate::diagnostic::{Code, Diagnostic};
use crate::ops::Scope;
use crate::schema::suppressions::Date;

/// The repairs that choose one of several to keep what all of them claim.
const KEEPING: [Code; 3] = [Code::RegistryDuplicateId, Code::RegistryUuidMismatch, Code::DeclarationNameDuplicate];

/// Which repairs are wanted.
#[derive(Clone, Debug)]
pub struct FixRequest {
    /// Whether what could be tidier is looked for as well; a hygiene code in `only` means so, too.
    pub workspace: bool,
    /// The day that decides which suppressions still hold.
    pub today: Date,
    /// The code whose findings are repaired; absent, all findings with a safe repair.
    pub only: Option<String>,
    /// The uuid that keeps what several claim: of entries with one id and assets with one name whoever has it, absent, the
    /// one that stands first; of registry and declaration that differ, the one that is right, absent, the registry's.
    pub keep: Option<String>,
}

impl FixRequest {
    /// The code that is asked for.
    pub(super) fn code(&self) -> Result<Option<Code>, Diagnostic> {
        let usage = |message: String| Diagnostic::new(Code::UsageArguments, message);
        let only = match self.only.as_deref() {
            None => None,
            Some(text) => {
                let unknown = || {
                    Diagnostic::new(Code::UsageUnknownCode, format!("there is no code `{text}`"))
                        .help_to_run("`{program} doctor` says the code of each finding")
                };
                Some(Code::parse(text).ok_or_else(unknown)?)
            }
        };
        if let Some(code) = only.filter(|code| table::of(*code).is_none()) {
            let message = format!("nothing repairs `{}` by itself", code.as_str());
            return Err(usage(message).help_to_run_on("`{program} explain {}` says what to do", code.as_str()));
        }
        if self.keep.is_some() && only.is_none_or(|code| !KEEPING.contains(&code)) {
            let message = "`--keep` chooses which of several assets keeps an id, a uuid or a name".to_owned();
            let codes = KEEPING.map(|code| format!("`--only {}`", code.as_str())).join(", ");
            return Err(usage(message).help(format!("use it with one of {codes}")));
        }
        Ok(only)
    }

    /// How far has to be looked.
    pub(super) fn scope(&self, only: Option<Code>) -> Scope {
        match self.workspace || only.is_some_and(|code| code.family() == "hygiene") {
            true => Scope::Workspace { today: self.today },
            false => Scope::Registered,
        }
    }
}
