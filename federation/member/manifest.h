// Manifest: the public description of a federation that all members share (federation-design section 8): who the
// members are, their scripts, and every parameter that must be equal everywhere. The first one is pinned by its hash in
// each member's configuration; a successor is signed by k of its predecessor. A value; any thread. On disk it is JSON;
// its hash covers a canonical binary form, so white space and key order do not matter.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "federation/agreement/types.h"
#include "federation/signer/known_set.h"
#include "federation/transport/transport_keys.h"
#include "peg/ledger/params.h"
#include "util/result.h"

namespace sluice {
struct ChainParams;
struct DynafedEntry;
}  // namespace sluice

namespace sluice::member {

struct ManifestMember {
    std::string name;
    Bytes block_key;   // compressed
    Bytes payout_key;  // compressed
    transport::TransportKey transport_key;
    std::string address;  // of the federation link: tcp://host:port
    bool operator==(const ManifestMember&) const = default;
};

// One set of scripts, from the block at start_height on (votes decide; never before it).
struct ParameterSet {
    uint32_t start_height = 0;
    Script block_script;         // k-of-n multisig of block keys; blocks carry its P2WSH program
    Script payout_script;        // K-of-N multisig of payout keys; the fedpegscript
    uint32_t witness_limit = 0;  // bytes
    uint32_t csv = 0;            // Bitcoin blocks; 0: the payout script has no emergency branch
    std::vector<Bytes> pak;      // extension space
    bool operator==(const ParameterSet&) const = default;
};

struct MemberTiming {
    agreement::Timing agreement;
    uint32_t drift = 10;      // seconds that a block may be ahead of my clock
    uint32_t commit_lag = 0;  // Bitcoin blocks below the best tip that a proposer commits to
    uint32_t parent_poll_ms = 500;
    bool operator==(const MemberTiming&) const = default;
};

// A successor repeats all that its predecessor lists, members and sets in their places, and adds to it: a member's
// place in the list is its number for good (links, payout signatures). Its tables (timing, planner) hold from the first
// block at or above the start height of its last set that is made under that set.
struct Manifest {
    std::string chain;
    BlockHash genesis;
    uint32_t sequence = 0;
    agreement::ManifestHash predecessor;  // zeros in the first
    uint32_t birth_height = 1;  // of Bitcoin: no coin of the federation is in a block below; members look from there on
    std::vector<ManifestMember> members;
    std::vector<ParameterSet> sets;  // by start height
    MemberTiming timing;
    ledger::PlannerParams planner;
    bool operator==(const Manifest&) const = default;
};

// Bitmaps of payout signatures name members by their place in the list.
inline constexpr size_t kMaxRoster = 32;

// k signatures by block keys of the predecessor's last set; none on the first.
struct ManifestSignature {
    std::string name;
    agreement::Signature signature;
    bool operator==(const ManifestSignature&) const = default;
};
struct SignedManifest {
    Manifest manifest;
    std::vector<ManifestSignature> signatures;
};

agreement::ManifestHash hash_of(const Manifest& manifest);
// Unknown, missing and malformed fields are errors that name the field.
Result<Manifest> parse_manifest(std::string_view json);
Result<SignedManifest> parse_signed_manifest(std::string_view json);
std::string to_json(const Manifest& manifest, const std::vector<ManifestSignature>& signatures = {});
// What every use relies on: known members behind each key of each script, thresholds above one half, witness limits
// large enough, distinct names and keys. The error says what is wrong.
Status check_manifest(const Manifest& manifest);
// Whether `next` may follow `before`: it checks out by itself, names it as predecessor, keeps what it lists, adds one
// set.
Status check_change(const Manifest& next, const Manifest& before);
// Names of the members of `before`'s last set whose signatures of `next` are good.
std::set<std::string> good_signers(const SignedManifest& next, const Manifest& before);
// Both: a change that k of them signed.
Status check_successor(const SignedManifest& next, const Manifest& before);
// Place in manifest.members.
std::optional<size_t> find_member(const Manifest& manifest, std::string_view name);

// Bytes that a witness of k signatures needs with this script, CompactSizes included: the least witness limit.
uint32_t least_witness_limit(uint32_t threshold, const Script& block_script);
// The parameters as a dynafed entry (full form).
DynafedEntry dynafed_entry(const ParameterSet& set);
// Members that sign blocks under this set, in script key order; positions in manifest.members beside them.
struct SetMembers {
    agreement::Committee committee;
    std::vector<size_t> positions;
};
Result<SetMembers> members_of(const Manifest& manifest, const ParameterSet& set);
ledger::LedgerParams ledger_params(const Manifest& manifest);
std::vector<signer::KnownSet> known_sets(const Manifest& manifest);

}  // namespace sluice::member
