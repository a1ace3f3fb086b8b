//! Shows on a terminal how far long work has come, and tells the operation when to stop.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use prometeu_packer::event::{Event, Events, Phase};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Work that is over sooner than this is not worth a bar.
const PATIENCE: Duration = Duration::from_millis(300);

pub(crate) struct Progress {
    interrupted: Arc<AtomicBool>,
    started: std::time::Instant,
    bar: Mutex<Option<(Phase, ProgressBar)>>,
}

impl Progress {
    pub(crate) fn new(interrupted: Arc<AtomicBool>) -> Progress {
        Progress { interrupted, started: std::time::Instant::now(), bar: Mutex::new(None) }
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        if let Some((_, bar)) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

impl Events for Progress {
    fn emit(&self, event: Event) {
        // How a migration went is in its report.
        let Event::Progress { phase, done, total } = event else { return };
        if self.started.elapsed() < PATIENCE {
            return;
        }
        let mut current = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_none_or(|(shown, _)| *shown != phase) {
            if let Some((_, bar)) = current.take() {
                bar.finish_and_clear();
            }
            // Drawn to standard error, and only on a terminal.
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{msg:>10} {bar:32} {pos}/{len} {eta}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(match phase {
                Phase::Load => "reading",
                Phase::Examine => "examining",
                Phase::Pack => "packing",
            });
            *current = Some((phase, bar));
        }
        if let Some((_, bar)) = &*current {
            bar.set_position(bar.position().max(done));
        }
    }

    fn cancelled(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}
