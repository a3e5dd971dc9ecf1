//! An office that buys, and what it ordinarily buys in three years, before any layout.
//!
//! Everything here is ordinary on purpose: periods are generous, contracts keep to their awards, and no unit
//! awards directly to the same company twice in two months. What is unusual is planted, in `planted`.

use super::calendar::Day;
use super::companies::Company;
pub use super::process::{Buyer, Contract, Method, Process, Profile};
use super::random::Random;
use super::words::{Category, GOODS, REMARKS, SERVICES, TOWNS, UNITS, WORKS};
use super::written::{Cents, Written, pesos};
use std::collections::HashMap;
use std::rc::Rc;

/// An office and what it did in three years.
pub struct Office {
    /// What differs from other offices.
    pub profile: Profile,
    /// Its units.
    pub buyers: Vec<Buyer>,
    /// Its processes.
    pub processes: Vec<Process>,
    suppliers: Rc<Vec<Company>>,
    random: Random,
    direct_days: HashMap<(usize, usize), Vec<Day>>,
    contracts_numbered: u32,
}

impl Office {
    /// An office with its ordinary contracts.
    pub fn new(profile: Profile, suppliers: Rc<Vec<Company>>, scale: u32, seed: u64) -> Office {
        let mut office = Office {
            profile,
            buyers: Vec::new(),
            processes: Vec::new(),
            suppliers,
            random: Random::for_purpose(seed, profile.source),
            direct_days: HashMap::new(),
            contracts_numbered: 0,
        };
        for region in 1..=scale {
            for unit in &UNITS[..profile.units] {
                let buyer = match region {
                    1 => office.add_buyer(unit),
                    _ => office.add_buyer(&format!("{unit}, Región {region}")),
                };
                for year in 2023..=2025 {
                    office.ordinary_year(buyer, year);
                }
            }
        }
        office
    }

    /// Adds a unit and says its place.
    pub fn add_buyer(&mut self, name: &str) -> usize {
        let place = self.buyers.len();
        let key = format!("{}{:03}", self.profile.unit_keys.unwrap_or(""), place + 1);
        self.buyers.push(Buyer {
            key,
            name: name.to_string(),
        });
        place
    }

    /// The identifier of a process in the tables.
    pub fn process_id(&self, process: usize) -> String {
        format!("{}-{}", self.profile.prefix, self.processes[process].number)
    }

    /// The identifier of the first contract of a process.
    pub fn contract_id(&self, process: usize) -> String {
        let contract = &self.processes[process].contracts[0];
        format!("{}/{}", self.process_id(process), contract.number)
    }

    /// The identifier of a unit in a year.
    pub fn buyer_id(&self, buyer: usize, year: i64) -> String {
        format!("{}/{year}", self.unit_id(buyer))
    }

    fn unit_id(&self, buyer: usize) -> String {
        let buyer = &self.buyers[buyer];
        let known_by = if self.profile.unit_keys.is_some() {
            &buyer.key
        } else {
            &buyer.name
        };
        format!("{}/{known_by}", self.profile.source)
    }

    /// The identifier of the direct awards of a unit to a company.
    pub fn group_id(&self, buyer: usize, supplier: &Company) -> String {
        let known_by = if self.profile.has_tax_keys {
            &supplier.rfc
        } else {
            &supplier.plain_name
        };
        format!("{}/{known_by}", self.unit_id(buyer))
    }

    /// A planted tender: a call, the days until the offers are opened, and one contract.
    pub fn tender(&mut self, buyer: usize, published: Day, days: i64, amount: Cents) -> usize {
        let supplier = self.any_supplier();
        let process = self.competition(
            Method::Tender,
            buyer,
            published,
            days,
            &[(supplier, amount)],
        );
        self.processes[process].is_planted = true;
        process
    }

    /// A planted direct award of goods; contract and start fall on the same day.
    pub fn direct(&mut self, buyer: usize, supplier: &Company, day: Day, amount: Cents) -> usize {
        let process = self.award_directly(buyer, supplier.clone(), day, amount);
        let planted = &mut self.processes[process];
        planted.is_planted = true;
        planted.category = Category::Goods;
        planted.object = self.random.pick(&GOODS).to_string();
        planted.contracts[0].start = day;
        process
    }

    /// A planted invitation with one contract.
    pub fn invitation(
        &mut self,
        buyer: usize,
        supplier: &Company,
        day: Day,
        amount: Cents,
    ) -> usize {
        let sold = [(supplier.clone(), amount)];
        let process = self.competition(Method::Invitation, buyer, day, 8, &sold);
        self.processes[process].is_planted = true;
        process
    }

    /// One of the companies that sell to everyone.
    pub fn supplier(&self, place: usize) -> Company {
        self.suppliers[place % self.suppliers.len()].clone()
    }

    /// Spoils some ordinary cells the way tired people do.
    pub fn soil(&mut self) {
        let random = &mut self.random;
        let ordinary = self
            .processes
            .iter_mut()
            .filter(|process| !process.is_planted);
        for process in ordinary.filter(|process| process.method != Method::Direct) {
            if process.method == Method::Tender && random.chance(1) {
                process.contracts.clear();
                process.remark = "Se declara desierta";
            }
            if random.chance(1) {
                process.published = Written::Unreadable("15/03/0202");
            }
            for contract in &mut process.contracts {
                match random.between(1, 150) {
                    1 => contract.amount = Written::Unreadable("1'4000,000.00"),
                    2 => contract.amount = Written::Unreadable("$44,455.26.00"),
                    3 => contract.end = Written::Unreadable("31/02/2015"),
                    4 => contract.end = Written::Blank,
                    5..=12 => contract.signed = Written::Blank,
                    _ => {}
                }
            }
        }
    }

    /// Puts the processes in the order of their numbers' years and days, as a register has them.
    pub fn sort(&mut self) {
        self.processes
            .sort_by_key(|process| (process.awarded, process.number.clone()));
    }

    fn any_supplier(&mut self) -> Company {
        let place = self.random.index(self.suppliers.len());
        self.suppliers[place].clone()
    }

    fn ordinary_year(&mut self, buyer: usize, year: i64) {
        let contracts = self.random.between(20, 28);
        let direct = match self.profile.only {
            Some(_) => contracts,
            // Between a third and just over half: nothing unusual anywhere.
            None => contracts * self.random.between(32, 56) / 100,
        };
        for _ in 0..direct {
            let day = Day::of(year, 1, 8)
                .plus(self.random.between(0, 335))
                .working();
            let place = self.rested_supplier(buyer, day);
            let supplier = self.suppliers[place].clone();
            let amount = self.random.between(pesos(12_000), pesos(170_000));
            self.award_directly(buyer, supplier, day, amount);
        }
        let mut left = contracts - direct;
        while left > 0 {
            // Until the end of September, so that the contract is signed in the same year.
            let published = Day::of(year, 1, 9)
                .plus(self.random.between(0, 262))
                .working();
            if self.random.chance(30) {
                let sold = [self.ordinary_sale(200_000, 900_000)];
                let days = self.random.between(6, 12);
                self.competition(Method::Invitation, buyer, published, days, &sold);
                left -= 1;
            } else {
                let mut sold = vec![self.ordinary_sale(450_000, 15_000_000)];
                if left > 1 && self.random.chance(15) {
                    sold.push(self.ordinary_sale(450_000, 6_000_000));
                }
                left -= sold.len() as i64;
                let days = self.random.between(18, 35);
                let process = self.competition(Method::Tender, buyer, published, days, &sold);
                if days > 28 && self.random.chance(25) {
                    self.processes[process].is_international = true;
                }
            }
        }
    }

    fn ordinary_sale(&mut self, low: i64, high: i64) -> (Company, Cents) {
        (
            self.any_supplier(),
            self.random.between(pesos(low), pesos(high)),
        )
    }

    /// A company to which the unit has awarded nothing directly for 61 days before or after.
    fn rested_supplier(&mut self, buyer: usize, day: Day) -> usize {
        loop {
            let place = self.random.index(self.suppliers.len());
            let days = self.direct_days.entry((buyer, place)).or_default();
            if days.iter().all(|other| other.since(day).abs() > 60) {
                days.push(day);
                return place;
            }
        }
    }

    fn award_directly(
        &mut self,
        buyer: usize,
        supplier: Company,
        day: Day,
        amount: Cents,
    ) -> usize {
        let contract = self.contract(supplier, day, amount);
        let category = if self.random.chance(55) {
            Category::Goods
        } else {
            Category::Services
        };
        let awarded = day.plus(-self.random.between(0, 3));
        self.file(Process {
            number: String::new(),
            buyer,
            method: Method::Direct,
            category,
            object: String::new(),
            is_international: false,
            published: Written::Blank,
            opened: Written::Blank,
            awarded,
            bidders: Vec::new(),
            contracts: vec![contract],
            remark: "",
            is_planted: false,
        })
    }

    fn competition(
        &mut self,
        method: Method,
        buyer: usize,
        published: Day,
        days: i64,
        sold: &[(Company, Cents)],
    ) -> usize {
        let opened = published.plus(days);
        let awarded = opened.plus(self.random.between(5, 12)).working();
        let signed = awarded.plus(self.random.between(3, 10)).working();
        let contracts = sold
            .iter()
            .map(|(supplier, amount)| self.contract(supplier.clone(), signed, *amount))
            .collect();
        let category = match self.random.between(1, 3) {
            1 => Category::Goods,
            2 => Category::Services,
            _ => Category::Works,
        };
        let bidders = (0..self.random.between(2, 5))
            .map(|_| self.any_supplier())
            .collect();
        self.file(Process {
            number: String::new(),
            buyer,
            method,
            category,
            object: String::new(),
            is_international: false,
            published: Written::Value(published),
            opened: Written::Value(opened),
            awarded,
            bidders,
            contracts,
            remark: "",
            is_planted: false,
        })
    }

    fn contract(&mut self, supplier: Company, signed: Day, amount: Cents) -> Contract {
        self.contracts_numbered += 1;
        let start = signed.plus(self.random.between(0, 4));
        // Contracts keep to the award, or come out a little lower.
        let award = match self.random.between(1, 10) {
            1 => amount + amount * self.random.between(1, 20) / 1_000,
            _ => amount,
        };
        Contract {
            number: format!(
                "{}-C-{}-{:05}",
                self.profile.series,
                signed.year(),
                self.contracts_numbered
            ),
            supplier,
            award: Written::Value(award),
            amount: Written::Value(amount),
            signed: Written::Value(signed),
            start,
            end: Written::Value(start.plus(self.random.between(30, 200))),
        }
    }

    /// Numbers a process, says what it buys, and keeps it.
    fn file(&mut self, mut process: Process) -> usize {
        let kind = match process.method {
            Method::Tender => "LP",
            Method::Invitation => "IR",
            Method::Direct => "AD",
        };
        let place = self.processes.len();
        let year = process.awarded.year();
        process.number = format!("{}-{kind}-{year}-{:05}", self.profile.series, place + 1);
        let what = match process.category {
            Category::Goods => self.random.pick(&GOODS),
            Category::Services => self.random.pick(&SERVICES),
            Category::Works => self.random.pick(&WORKS),
        };
        let town = self.random.pick(&TOWNS);
        process.object = match self.random.between(1, 20) {
            1 => format!("{what}\nen {town}"),
            2..=8 => format!("{what}, {town}"),
            _ => what.to_string(),
        };
        process.remark = if self.random.chance(25) {
            self.random.pick(&REMARKS)
        } else {
            ""
        };
        self.processes.push(process);
        place
    }
}
