//! A document of an older version of a standard becomes one of a newer, by the steps that the pack declares.
//!
//! Nothing is thrown away without a word: a member that the newer version has no place for stays, and what an
//! organization says here and not in the list it moved to comes back as [`Differs`].

mod md5;

use packs::{UpgradeKind, UpgradeStep};

use crate::value::Value;

/// What an organization said that the one of the same id in the list does not say, or says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Differs {
    /// The role in which it said so.
    pub role: String,
    /// The organization as found.
    pub found: Value,
}

/// The steps of a standard from one version to the next.
#[derive(Debug, Clone, Copy)]
pub struct Upgrade<'s> {
    steps: &'s [UpgradeStep],
}

impl<'s> Upgrade<'s> {
    /// The steps as the pack has them.
    pub fn new(steps: &'s [UpgradeStep]) -> Upgrade<'s> {
        Upgrade { steps }
    }

    /// The version of a package: as it says, or the oldest when it does not say.
    ///
    /// The word came with 1.1, and a version may be more than text by mistake.
    pub fn version_of_package(&self, package: &Value) -> Option<String> {
        match package.get("version").and_then(Value::scalar) {
            Some(version) => Some(version.into_owned()),
            None => self.steps.first().map(|step| step.from.clone()),
        }
    }

    /// The version of a record by itself: the newer if it has the list that organizations move to.
    pub fn version_of_record(&self, record: &Value) -> Option<&'s str> {
        let list = self
            .steps
            .iter()
            .find(|step| step.step == UpgradeKind::Organization)?;
        Some(match record.get(&list.into) {
            Some(_) => &list.to,
            None => &list.from,
        })
    }

    /// Whether there are steps from this version.
    pub fn knows(&self, from: &str) -> bool {
        self.steps.iter().any(|step| step.from == from)
    }

    /// Upgrades a package that says an older version, or none, and its records; `lists` are the paths from a package
    /// or record to what is upgraded: `releases`, `records/releases`, `records/compiledRelease`.
    pub fn package(&self, package: &mut Value, lists: &[&str]) -> Vec<Differs> {
        let mut differs = Vec::new();
        let Some(from) = self
            .version_of_package(package)
            .filter(|from| self.knows(from))
        else {
            return differs;
        };
        if let Some(step) = self.steps.iter().find(|step| step.from == from) {
            package.set("version", Value::text(step.to.as_str()));
        }
        for path in lists {
            each(package, path, &mut |record| {
                differs.append(&mut self.record(record, &from));
            });
        }
        differs
    }

    /// Upgrades a record (a release) of this version, whatever it looks like.
    pub fn record(&self, record: &mut Value, from: &str) -> Vec<Differs> {
        let mut differs = Vec::new();
        for step in self.steps.iter().filter(|step| step.from == from) {
            match step.step {
                UpgradeKind::Identity => {}
                UpgradeKind::Organization => self.organizations(record, step, &mut differs),
                UpgradeKind::Element => each(record, &step.path, &mut |holder| {
                    element(holder, step);
                }),
                UpgradeKind::Rename => each(record, &step.path, &mut |holder| {
                    if holder.get(&step.into).is_none()
                        && let Some(value) = holder.remove(&step.field)
                    {
                        holder.set(&step.into, value);
                    }
                }),
                UpgradeKind::Identifier => each(record, &step.path, &mut |holder| {
                    identifier(holder, step);
                }),
            }
        }
        differs
    }

    fn organizations(&self, record: &mut Value, step: &UpgradeStep, differs: &mut Vec<Differs>) {
        let (mut parties, found) = match record.get(&step.into) {
            None | Some(Value::Null) => (Vec::new(), false),
            Some(Value::List(list)) => (list.clone(), true),
            // What stands there is not a list: there is nowhere to move to.
            Some(_) => return,
        };
        let count = parties.len();
        each(record, &step.path, &mut |holder| {
            let Some(member) = holder.get_mut(&step.field) else {
                return;
            };
            let members = match member {
                Value::List(list) => list.as_mut_slice(),
                member => std::slice::from_mut(member),
            };
            for member in members
                .iter_mut()
                .filter(|member| member.as_object().is_some())
            {
                self.move_one(member, step, &mut parties, differs);
            }
        });
        if found || parties.len() > count {
            record.set(&step.into, Value::List(parties));
        }
    }

    /// Puts an organization in the list, or its role to the one that is there, and leaves its id and name.
    fn move_one(
        &self,
        member: &mut Value,
        step: &UpgradeStep,
        parties: &mut Vec<Value>,
        differs: &mut Vec<Differs>,
    ) {
        let id_of = |party: &Value| match party.get("id") {
            None | Some(Value::Null) => Value::text(self.made_id(party, &step.from)),
            Some(id) => id.clone(),
        };
        let id = id_of(member);
        let mut left = Value::Object(vec![("id".into(), id.clone())]);
        if let Some(name) = member.get("name") {
            left.set("name", name.clone());
        }
        let mut party = std::mem::replace(member, left);
        party.remove("id");
        if let Value::Object(members) = &mut party {
            members.insert(0, ("id".into(), id.clone()));
        }
        // Of two with one id in the list as found, the last is the one that roles go to.
        let index = parties.iter().rposition(|known| id_of(known) == id);
        let known = match index {
            Some(index) => {
                let mut said = party.as_object().unwrap_or_default().iter();
                if said.any(|(name, value)| parties[index].get(name) != Some(value)) {
                    let role = step.role.clone();
                    differs.push(Differs { role, found: party });
                }
                &mut parties[index]
            }
            None => {
                parties.push(party);
                let last = parties.len() - 1;
                &mut parties[last]
            }
        };
        let mut roles = match known.remove("roles") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::List(roles)) => roles,
            Some(role) => vec![role],
        };
        let role = Value::text(step.role.as_str());
        if !roles.contains(&role) {
            roles.push(role);
        }
        if let Value::Object(members) = known {
            let after_id = usize::from(members.first().is_some_and(|(name, _)| &**name == "id"));
            members.insert(after_id, ("roles".into(), Value::List(roles)));
        }
    }

    /// The id that the tools of the standard make for an organization without one: what tells it apart, hashed.
    fn made_id(&self, party: &Value, from: &str) -> String {
        let mut parts = Vec::new();
        for step in self.steps {
            if step.from != from || step.step != UpgradeKind::Identity {
                continue;
            }
            let Some(holder) = step
                .path
                .is_empty()
                .then_some(party)
                .or_else(|| party.at(&step.path))
            else {
                continue;
            };
            let value = holder.get(&step.field);
            let value = value.and_then(Value::scalar).unwrap_or_default();
            parts.push(value.into_owned());
        }
        md5::hex(parts.join("-").as_bytes())
    }
}

fn element(holder: &mut Value, step: &UpgradeStep) {
    let Some(value) = holder.remove(&step.field) else {
        return;
    };
    match holder.get_mut(&step.into) {
        Some(Value::List(list)) if list.contains(&value) => {}
        Some(Value::List(list)) => list.push(value),
        None | Some(Value::Null) => holder.set(&step.into, Value::List(vec![value])),
        // What stands there is not a list: the member stays where it was.
        Some(_) => holder.set(&step.field, value),
    }
}

fn identifier(holder: &mut Value, step: &UpgradeStep) {
    let is_object = holder
        .get(&step.field)
        .is_some_and(|value| value.as_object().is_some());
    if !is_object || holder.get(&step.into).is_some() {
        return;
    }
    if let Some(value) = holder.remove(&step.field) {
        let name = value.get("legalName").cloned();
        let mut made = Value::Object(vec![("identifier".into(), value)]);
        if let Some(name) = name {
            made.set("name", name);
        }
        holder.set(&step.into, made);
    }
}

/// Every object at a path of names, through lists.
fn each(value: &mut Value, path: &str, then: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::List(list) => list.iter_mut().for_each(|value| each(value, path, then)),
        Value::Object(_) if path.is_empty() => then(value),
        Value::Object(_) => {
            let (name, rest) = path.split_once('/').unwrap_or((path, ""));
            if let Some(value) = value.get_mut(name) {
                each(value, rest, then);
            }
        }
        _ => {}
    }
}
