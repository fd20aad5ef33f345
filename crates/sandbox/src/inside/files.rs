//! The file system, closed by Landlock.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

use crate::order::Open;

/// Closes every file but those that may be opened, and with newer kernels TCP, abstract sockets, and signals to others.
pub(super) fn close(open: &Open) -> Result<(), String> {
    match restrict(open) {
        Ok(RulesetStatus::NotEnforced) | Err(RulesetError::HandleAccesses(_)) => {
            Err("not supported".to_owned())
        }
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn restrict(open: &Open) -> Result<RulesetStatus, RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let run = AccessFs::ReadFile | AccessFs::Execute;
    let status = Ruleset::default()
        // The oldest version closes files, which is what there must be; the rest where the kernel has it.
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .add_rules(path_beneath_rules(&open.readable, read))?
        .add_rules(path_beneath_rules(&open.runnable, run))?
        .restrict_self()?;
    Ok(status.ruleset)
}
