//! Service models: what AWS offers, what goes in and out, and how each part is written on the wire.

#[cfg(test)]
mod corpus;
mod load;
mod mock;
mod names;
mod pack;
mod respell;
mod shape;
mod validate;

use std::sync::Arc;

use smol_str::SmolStr;

pub use mock::{MockMode, validate_mock};
pub(crate) use names::capitalize;
pub use pack::{Partition, all, partition_of, partitions, service};
pub use respell::respell;
pub use shape::{
    Kind, Location, Member, Namespace, Operation, Protocol, Service, Shape, ShapeId, Spelling,
    Structure, TimestampFormat,
};
pub(crate) use validate::check;
pub use validate::{Fault, Language, ParameterFault, validate};

/// The operation that the action of a resource names: its name with or without a capital
/// (`putItem`, `describeDBInstances`). `None` where Step Functions does not offer it.
pub fn operation<'a>(service: &'a Service, action: &str) -> Option<&'a Operation> {
    service.operation(action).filter(|operation| operation.offered)
}

/// The names of a service's actions as a resource spells them, in order.
pub fn actions(service: &Service) -> impl Iterator<Item = SmolStr> + '_ {
    service.operations.iter().filter(|operation| operation.offered).map(Operation::action)
}

/// The service and operation of `aws-sdk:SERVICE:ACTION`.
pub fn find(name: &str, action: &str) -> Option<(Arc<Service>, usize)> {
    let service = service(name)?;
    let at = service.position(action)?;
    service.operations.get(at).filter(|operation| operation.offered)?;
    Some((service, at))
}
