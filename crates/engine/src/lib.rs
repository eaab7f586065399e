//! The interpreter: an input and the time go in, events and commands come out.
//!
//! `Execution::apply` decides what happens and says it in events; `fold` is the only thing that
//! changes an execution's state, and it sees nothing but events, so replaying a journal gives the
//! very state that wrote it.
//!
//! Does not: know a clock, a network, a disk or a thread; draw randomness but from what it is handed.

mod choice;
pub mod codec;
mod context;
mod data;
mod error;
pub mod event;
mod execution;
mod fold;
mod frame;
pub mod history;
mod inspection;
pub mod limits;
mod map_scope;
mod states;
pub mod token;
mod turn;
mod variables;

pub use error::{StateError, names};
pub use event::{Event, EventKind, Failure};
pub use execution::{
    Applied, Cancel, Command, Dispatch, Execution, Host, Input, Meta, Outcome, StartMapRun, TaskRef,
};
pub use frame::FrameId;
pub use inspection::{Inspection, MapInspection, StateEnd};
pub use limits::Limits;
pub use map_scope::{Batching, MapItem, MapScope, Reader, label as map_label};
