//! `Redrives`: one redrive of an execution at a time, so that a request that comes twice at once is
//! done once.

use tokio::sync::{Mutex, MutexGuard};

/// Redrives of executions that fall into one of these wait for each other.
const PLACES: usize = 64;

/// The locks of all executions.
pub struct Redrives {
    places: Vec<Mutex<()>>,
}

impl Default for Redrives {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| Mutex::default()).collect() }
    }
}

impl Redrives {
    /// Nobody else redrives execution `id` as long as this is held.
    pub async fn of(&self, id: i64) -> MutexGuard<'_, ()> {
        self.places[id.unsigned_abs() as usize % PLACES].lock().await
    }
}
