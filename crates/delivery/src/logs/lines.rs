//! Records as lines of a file or of stdout.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use runtime::Observed;

use super::record;
use crate::losses::Losses;

/// Where lines go.
#[derive(Clone, Debug)]
pub enum Lines {
    /// To the end of a file, opened anew each time so that it may be moved away meanwhile.
    File(PathBuf),
    /// To stdout.
    Stdout,
}

impl Lines {
    /// Writes the records of `round`.
    pub async fn deliver(&self, round: Vec<Arc<Observed>>, losses: &Losses) {
        let lines = self.clone();
        // A disk may be slow; the threads that answer requests are not to wait for it.
        let written = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            let mut count = 0;
            for record in round.iter().flat_map(|observed| record::of(observed)) {
                text.push_str(&record.message);
                text.push('\n');
                count += 1;
            }
            (count, lines.write(&text))
        });
        if let Ok((count, Err(error))) = written.await {
            losses.add(count, &self.failure(&error));
        }
    }

    fn write(&self, text: &str) -> std::io::Result<()> {
        match self {
            Self::File(path) => {
                let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
                file.write_all(text.as_bytes())
            }
            Self::Stdout => {
                let mut out = std::io::stdout().lock();
                out.write_all(text.as_bytes())?;
                out.flush()
            }
        }
    }

    fn failure(&self, error: &std::io::Error) -> String {
        match self {
            Self::File(path) => format!("{}: {error}", path.display()),
            Self::Stdout => format!("stdout: {error}"),
        }
    }
}
