//! The processor of a distributed Map as a state machine of its own: what a labelled ARN describes.

use std::sync::Arc;

use asl::Program;
use asl::program::{MapMode, StateId, StateKind};
use runtime::catalog::Revision;
use value::json::{self, Node, NodeKind};

/// The distributed Map that has `label` in `revision`. The label of a Map within a processor follows
/// that of the one around it, after a slash.
pub fn state(revision: &Arc<Revision>, label: &str) -> Option<StateId> {
    let program = revision.program()?;
    let mut machine_arn = revision.machine_arn.to_string();
    let mut found = None;
    for part in label.split('/') {
        found = Some(labelled(&program, &machine_arn, part)?);
        machine_arn = format!("{machine_arn}/{part}");
    }
    found
}

fn labelled(program: &Program, machine_arn: &str, label: &str) -> Option<StateId> {
    let states = program.states.iter().enumerate();
    let mut found = states.filter_map(|(at, state)| match &state.kind {
        StateKind::Map(map) if map.mode != MapMode::Inline => {
            let id = StateId(u32::try_from(at).ok()?);
            (engine::map_label(map, id, machine_arn) == label).then_some(id)
        }
        _ => None,
    });
    found.next()
}

/// The text of the Map's processor, as it stands in the definition.
pub fn processor(revision: &Arc<Revision>, state: StateId) -> Option<&str> {
    let program = revision.program()?;
    let name = &program.states.get(state.0 as usize)?.name;
    let definition = json::parse_spanned(&revision.definition).ok()?;
    let map = find(&definition, name)?;
    let processor = map.get("ItemProcessor").or_else(|| map.get("Iterator"))?;
    revision.definition.get(processor.value.span.clone())
}

/// The state `name`, which is the only one of that name in the whole definition.
fn find<'n>(block: &'n Node, name: &str) -> Option<&'n Node> {
    let states = &block.get("States")?.value;
    if let Some(member) = states.get(name) {
        return Some(&member.value);
    }
    let NodeKind::Object(members) = &states.kind else { return None };
    members.iter().find_map(|member| {
        let state = &member.value;
        let processor = state.get("ItemProcessor").or_else(|| state.get("Iterator"));
        let branches = match state.get("Branches").map(|branches| &branches.value.kind) {
            Some(NodeKind::Array(branches)) => branches.as_slice(),
            _ => &[],
        };
        processor.map(|it| &it.value).into_iter().chain(branches).find_map(|it| find(it, name))
    })
}
