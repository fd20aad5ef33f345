//! Waiting that ends when somebody says stop.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Whether what waits should go on waiting.
pub(crate) type GoOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// How long a sleep goes on before it looks whether to stop.
pub(crate) const POLL: Duration = Duration::from_millis(200);

/// False if it was time to stop before the end.
pub(crate) async fn sleep_while(pause: Duration, go_on: GoOn<'_>) -> bool {
    let end = Instant::now() + pause;
    while go_on() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        sleep(left.min(POLL)).await;
    }
    false
}
