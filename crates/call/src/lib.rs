//! The life of a call: delegations, seats, antechamber, doors, floor; no sockets, no clock.
