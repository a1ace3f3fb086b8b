//! Says what the medium refused while something was written.

use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{DiskError, DiskErrorKind};
use crate::trust::refusal;

/// A refusal while writing: permission is the medium's word here, not a matter of trust.
#[must_use]
pub fn writing(error: &DiskError) -> Diagnostic {
    match error.kind {
        DiskErrorKind::Denied => Diagnostic::new(Code::DiskReadOnly, format!("may not be written ({})", error.source))
            .at(&error.path)
            .help("give the user who runs the packer the right to write here"),
        DiskErrorKind::NotFound => {
            Diagnostic::new(Code::DiskIo, format!("vanished while it was written ({})", error.source))
                .at(&error.path)
                .help("run the command again")
        }
        _ => refusal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::writing;
    use crate::diagnostic::Code;
    use crate::disk::{DiskError, DiskErrorKind};

    #[test]
    fn what_a_medium_refuses_is_no_matter_of_trust() {
        for (kind, code) in [
            (DiskErrorKind::Denied, Code::DiskReadOnly),
            (DiskErrorKind::NotFound, Code::DiskIo),
            (DiskErrorKind::Full, Code::DiskFull),
            (DiskErrorKind::Cancelled, Code::UsageInterrupted),
        ] {
            let finding = writing(&DiskError::of("a", kind, "said so"));
            assert_eq!((finding.code, finding.path.as_deref()), (code, Some("a")), "{kind:?}");
            assert!(finding.help.is_some(), "{finding:?}");
        }
    }
}
