// What members say to each other (federation-design section 2). Plain values, their encoding and the digests that are
// signed. Decoding treats bytes as hostile: the size class of a type is checked before its body is read, every list is
// bounded by the bytes present. Any thread.
#pragma once

#include <optional>
#include <variant>

#include "codec/describe.h"
#include "federation/agreement/types.h"
#include "util/result.h"

namespace sluice::agreement {

enum class VoteType : uint8_t { kPrevote = 1, kPrecommit = 2 };

// A zero hash is a vote for "nothing in this view" (nil).
struct Vote {
    Height height = 0;
    View view = 0;
    VoteType type = VoteType::kPrevote;
    BlockHash hash;
    MemberIndex member = 0;
    Signature signature;
    [[nodiscard]] bool is_nil() const { return hash.is_zero(); }
    bool operator==(const Vote&) const = default;
};

// q votes of one type for one hash in one view: a polka (prevotes) or a decision (precommits). Signatures in member
// order.
struct Cert {
    Height height = 0;
    View view = 0;
    VoteType type = VoteType::kPrevote;
    BlockHash hash;
    Bitmap members = 0;
    std::vector<Signature> signatures;
    bool operator==(const Cert&) const = default;
};

struct Proposal {
    Height height = 0;
    View view = 0;
    BlockHash hash;
    View valid_view = kNoView;  // kNoView: a fresh block
    MemberIndex member = 0;
    Signature signature;
    std::optional<Cert> polka;  // of valid_view
    Bytes block;                // may be left out; whoever lacks it asks with GetBody
    bool operator==(const Proposal&) const = default;
};

struct BlockSig {
    Height height = 0;
    BlockHash hash;
    MemberIndex member = 0;
    Bytes der;  // without a sighash byte
    bool operator==(const BlockSig&) const = default;
};

struct GetBody {
    Height height = 0;
    BlockHash hash;
    bool operator==(const GetBody&) const = default;
};

struct Body {
    BlockHash hash;
    Bytes block;
    bool operator==(const Body&) const = default;
};

// Sent on connect; a reply names the nonce that it answers and shows the newest things signed by the one who asked.
struct Hello {
    BlockHash genesis;
    ManifestHash manifest;
    MemberIndex member = 0;
    InstanceId instance;
    uint64_t boot = 0;
    uint64_t nonce = 0;
    uint64_t echo_nonce = 0;  // 0: not a reply
    uint64_t your_boot = 0;   // of the newest Hello seen from the receiver, 0 if none
    InstanceId your_instance;
    std::optional<Vote> your_vote;
    std::optional<Proposal> your_proposal;
    Signature signature;
    bool operator==(const Hello&) const = default;
};

struct OpenPayout {
    Hash256 txid;        // of the parent chain, memory order
    Bitmap signers = 0;  // by place in the manifest's list
    bool operator==(const OpenPayout&) const = default;
};

enum class Step : uint8_t { kWaiting = 0, kPropose = 1, kPrevote = 2, kPrecommit = 3, kDecided = 4, kHalted = 5 };

// Unsigned: what I have, so that others can send what I lack. The only reliability mechanism.
struct State {
    Height height = 0;
    View view = kNoView;
    Step step = Step::kWaiting;
    BlockHash tip;       // final
    BlockHash proposal;  // received in (height, view), zeros: none
    Bitmap prevotes = 0;
    Bitmap precommits = 0;
    View valid_view = kNoView;
    BlockHash decided;  // zeros: none
    Bitmap block_sigs = 0;
    Hash256 parent_tip;
    uint32_t parent_height = 0;
    Hash256 commitment;     // c of the final tip
    uint32_t fee_hint = 0;  // sat/kvB, 0: none
    int64_t wall = 0;       // Unix seconds
    ManifestHash manifest;
    std::vector<OpenPayout> payouts;
    bool operator==(const State&) const = default;
};

struct PayoutSig {
    Hash256 txid;
    MemberIndex member = 0;         // place in the manifest's list
    std::vector<Bytes> signatures;  // one per input (DER and sighash byte), empty where this member has no key
    bool operator==(const PayoutSig&) const = default;
};

struct PayoutRefuse {
    Hash256 txid;
    MemberIndex member = 0;  // place in the manifest's list
    Bytes reason;            // text for people
    bool operator==(const PayoutRefuse&) const = default;
};

struct Query {
    uint64_t nonce = 0;
    bool operator==(const Query&) const = default;
};

struct Report {
    uint64_t nonce = 0;
    Height working = 0;  // the height being worked on
    BlockHash final_hash;
    MemberIndex member = 0;
    Signature signature;
    bool operator==(const Report&) const = default;
};

// Two statements of one member that an honest member never makes both.
enum class EvidenceKind : uint8_t { kVotes = 1, kProposals = 2, kBlockSigs = 3 };
struct Evidence {
    EvidenceKind kind = EvidenceKind::kVotes;
    Bytes first;   // encoding of the Vote, Proposal (without block and polka) or BlockSig
    Bytes second;  // the same
    bool operator==(const Evidence&) const = default;
};

using Message = std::variant<Hello, State, Proposal, Vote, Cert, BlockSig, GetBody, Body, PayoutSig, PayoutRefuse,
                             Query, Report, Evidence>;

// In front of each message. `sequence` rises within one instance and boot of the sender.
struct Envelope {
    BlockHash genesis;
    MemberIndex sender = 0;    // place in the manifest's list
    MemberIndex receiver = 0;  // likewise
    InstanceId instance;
    uint64_t sequence = 0;
    bool operator==(const Envelope&) const = default;
};

struct Frame {
    Envelope envelope;
    Message message;
};

// The largest frame that any type may have, envelope included. Links drop longer ones unread.
inline constexpr size_t kMaxFrame = 4'500'000;

Bytes encode_frame(const Frame& frame);
// kOversize above the type's size class; kBadValue for an unknown type.
Result<Frame, DecodeError> decode_frame(ByteView bytes);
const char* message_name(const Message& message);

void describe(Reader& reader, Vote& vote);
void describe(Writer& writer, const Vote& vote);
void describe(Reader& reader, Cert& cert);
void describe(Writer& writer, const Cert& cert);
void describe(Reader& reader, Proposal& proposal);
void describe(Writer& writer, const Proposal& proposal);
void describe(Reader& reader, BlockSig& sig);
void describe(Writer& writer, const BlockSig& sig);
void describe(Reader& reader, Hello& hello);
void describe(Writer& writer, const Hello& hello);
void describe(Reader& reader, Report& report);
void describe(Writer& writer, const Report& report);

// What is signed. No two kinds share a tag, so no signature can be taken for another or for a block's or a
// transaction's.
Hash256 vote_digest(const Committee& committee, Height height, View view, VoteType type, const BlockHash& hash);
Hash256 proposal_digest(const Committee& committee, Height height, View view, const BlockHash& hash, View valid_view);
Hash256 hello_digest(const Hello& hello);
Hash256 report_digest(const BlockHash& genesis, const Report& report);

// Signature and range checks against the committee of the height. A certificate needs exactly a quorum or more of valid
// votes.
bool verify_vote(const Committee& committee, const Verifier& verifier, const Vote& vote);
bool verify_proposal(const Committee& committee, const Verifier& verifier, const Proposal& proposal);
bool verify_cert(const Committee& committee, const Verifier& verifier, const Cert& cert);
bool verify_block_sig(const Committee& committee, const Verifier& verifier, const BlockSig& sig);

// Both statements are of one member, for one slot, differ, and carry good signatures.
bool verify_evidence(const Committee& committee, const Verifier& verifier, const Evidence& evidence);
Evidence make_evidence(const Vote& first, const Vote& second);
Evidence make_evidence(Proposal first, Proposal second);
Evidence make_evidence(const BlockSig& first, const BlockSig& second);
std::optional<MemberIndex> accused(const Evidence& evidence);

}  // namespace sluice::agreement
