#include "federation/agreement/messages.h"

#include "crypto/hash_writer.h"
#include "federation/agreement/detail/fields.h"

namespace sluice::agreement {
namespace {

using detail::enum_field;

void view_field(Reader& r, View& view) {
    view = r.i32();
    if (view < kNoView || view > kMaxView) r.fail(DecodeError::kBadValue);
}
void view_field(Writer& w, View view) { w.i32(view); }

void bounded(Reader& r, Bytes& bytes, size_t most) {
    const ByteView view = r.var_view();
    if (view.size() > most) r.fail(DecodeError::kOversize);
    else bytes = to_bytes(view);
}
void bounded(Writer& w, const Bytes& bytes, size_t) { w.var_bytes(bytes); }

template <class A, class T>
void optional_field(A& a, T& value) {
    if constexpr (kReads<A>) {
        const uint8_t present = a.u8();
        if (present > 1) a.fail(DecodeError::kBadValue);
        if (present == 1 && a.ok()) {
            value.emplace();
            describe(a, *value);
        }
    } else {
        a.u8(value.has_value() ? 1 : 0);
        if (value) describe(a, *value);
    }
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, Vote> {
    field(a, o.height);
    view_field(a, o.view);
    enum_field(a, o.type, 1, 2);
    field(a, o.hash);
    field(a, o.member);
    field(a, o.signature);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, Cert> {
    field(a, o.height);
    view_field(a, o.view);
    enum_field(a, o.type, 1, 2);
    field(a, o.hash);
    field(a, o.members);
    list(a, o.signatures, Signature::kSize);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, Proposal> {
    field(a, o.height);
    view_field(a, o.view);
    field(a, o.hash);
    view_field(a, o.valid_view);
    field(a, o.member);
    field(a, o.signature);
    optional_field(a, o.polka);
    field(a, o.block);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, BlockSig> {
    field(a, o.height);
    field(a, o.hash);
    field(a, o.member);
    bounded(a, o.der, 72);
}

template <class A, class T>
void hello_statement(A& a, T& o) {
    field(a, o.genesis);
    field(a, o.manifest);
    field(a, o.member);
    field(a, o.instance);
    field(a, o.boot);
    field(a, o.nonce);
    field(a, o.echo_nonce);
    field(a, o.your_boot);
    field(a, o.your_instance);
    optional_field(a, o.your_vote);
    optional_field(a, o.your_proposal);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, Hello> {
    hello_statement(a, o);
    field(a, o.signature);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, State> {
    field(a, o.height);
    view_field(a, o.view);
    enum_field(a, o.step, 0, 5);
    field(a, o.tip);
    field(a, o.proposal);
    field(a, o.prevotes);
    field(a, o.precommits);
    view_field(a, o.valid_view);
    field(a, o.decided);
    field(a, o.block_sigs);
    field(a, o.parent_tip);
    field(a, o.parent_height);
    field(a, o.commitment);
    field(a, o.fee_hint);
    field(a, o.wall);
    field(a, o.manifest);
    list(a, o.payouts, 36, [](auto& archive, auto& payout) {
        field(archive, payout.txid);
        field(archive, payout.signers);
    });
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, GetBody> {
    field(a, o.height);
    field(a, o.hash);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, Body> {
    field(a, o.hash);
    field(a, o.block);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, PayoutSig> {
    field(a, o.txid);
    field(a, o.member);
    list(a, o.signatures, 1, [](auto& archive, auto& signature) { bounded(archive, signature, 73); });
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, PayoutRefuse> {
    field(a, o.txid);
    field(a, o.member);
    bounded(a, o.reason, 200);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, Query> {
    field(a, o.nonce);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, Report> {
    field(a, o.nonce);
    field(a, o.working);
    field(a, o.final_hash);
    field(a, o.member);
    field(a, o.signature);
}

template <class A, class T>
void each_field(A& a, T& o) requires Like<T, Evidence> {
    enum_field(a, o.kind, 1, 3);
    bounded(a, o.first, 400);
    bounded(a, o.second, 400);
}

// Largest frame per type, in the order of Message. Small ones cannot be used to make a member hold megabytes.
constexpr size_t kSizeClass[] = {
    8'000,      // Hello
    16'000,     // State
    kMaxFrame,  // Proposal
    500,        // Vote
    2'000,      // Cert: 20 signatures
    500,        // BlockSig
    200,        // GetBody
    kMaxFrame,  // Body
    50'000,     // PayoutSig
    500,        // PayoutRefuse
    200,        // Query
    500,        // Report
    2'000,      // Evidence
};
static_assert(std::size(kSizeClass) == std::variant_size_v<Message>);

template <class A, class T>
void envelope_fields(A& a, T& o) {
    field(a, o.genesis);
    field(a, o.sender);
    field(a, o.receiver);
    field(a, o.instance);
    field(a, o.sequence);
}

}  // namespace

void describe(Reader& reader, Vote& vote) { each_field(reader, vote); }
void describe(Writer& writer, const Vote& vote) { each_field(writer, vote); }
void describe(Reader& reader, Cert& cert) { each_field(reader, cert); }
void describe(Writer& writer, const Cert& cert) { each_field(writer, cert); }
void describe(Reader& reader, Proposal& proposal) { each_field(reader, proposal); }
void describe(Writer& writer, const Proposal& proposal) { each_field(writer, proposal); }
void describe(Reader& reader, BlockSig& sig) { each_field(reader, sig); }
void describe(Writer& writer, const BlockSig& sig) { each_field(writer, sig); }
void describe(Reader& reader, Hello& hello) { each_field(reader, hello); }
void describe(Writer& writer, const Hello& hello) { each_field(writer, hello); }
void describe(Reader& reader, Report& report) { each_field(reader, report); }
void describe(Writer& writer, const Report& report) { each_field(writer, report); }

Bytes encode_frame(const Frame& frame) {
    ByteWriter writer;
    Writer& sink = writer;
    sink.u8(static_cast<uint8_t>(frame.message.index()));
    envelope_fields(sink, frame.envelope);
    std::visit([&](const auto& message) { each_field(sink, message); }, frame.message);
    return writer.release();
}

Result<Frame, DecodeError> decode_frame(ByteView bytes) {
    Reader reader(bytes);
    const uint8_t type = reader.u8();
    if (!reader.ok()) return unexpected(*reader.error());
    if (type >= std::variant_size_v<Message>) return unexpected(DecodeError::kBadValue);
    if (bytes.size() > kSizeClass[type]) return unexpected(DecodeError::kOversize);
    Frame frame;
    envelope_fields(reader, frame.envelope);
    if (reader.ok()) detail::read_alternative(type, frame.message, [&](auto& each) { each_field(reader, each); });
    if (!reader.finish()) return unexpected(*reader.error());
    return frame;
}

const char* message_name(const Message& message) {
    static constexpr const char* kNames[] = {"hello",    "state",   "proposal", "vote",      "cert",
                                             "blocksig", "getbody", "body",     "payoutsig", "payoutrefuse",
                                             "query",    "report",  "evidence"};
    static_assert(std::size(kNames) == std::variant_size_v<Message>);
    return kNames[message.index()];
}

Hash256 vote_digest(const Committee& committee, Height height, View view, VoteType type, const BlockHash& hash) {
    HashWriter writer(tagged_hasher("sluice/vote/1"));
    writer.raw(committee.genesis.view());
    writer.raw(committee.params_root.view());
    writer.u32(height);
    writer.i32(view);
    writer.u8(static_cast<uint8_t>(type));
    writer.raw(hash.view());
    return writer.sha256();
}

Hash256 proposal_digest(const Committee& committee, Height height, View view, const BlockHash& hash, View valid_view) {
    HashWriter writer(tagged_hasher("sluice/proposal/1"));
    writer.raw(committee.genesis.view());
    writer.raw(committee.params_root.view());
    writer.u32(height);
    writer.i32(view);
    writer.raw(hash.view());
    writer.i32(valid_view);
    return writer.sha256();
}

Hash256 hello_digest(const Hello& hello) {
    HashWriter writer(tagged_hasher("sluice/hello/1"));
    Writer& sink = writer;
    hello_statement(sink, hello);
    return writer.sha256();
}

Hash256 report_digest(const BlockHash& genesis, const Report& report) {
    HashWriter writer(tagged_hasher("sluice/report/1"));
    writer.raw(genesis.view());
    writer.u64(report.nonce);
    writer.u32(report.working);
    writer.raw(report.final_hash.view());
    writer.u8(report.member);
    return writer.sha256();
}

bool verify_vote(const Committee& committee, const Verifier& verifier, const Vote& vote) {
    if (vote.member >= committee.size() || vote.view < 0) return false;
    return verifier.verify(committee.keys[vote.member],
                           vote_digest(committee, vote.height, vote.view, vote.type, vote.hash), vote.signature);
}

bool verify_proposal(const Committee& committee, const Verifier& verifier, const Proposal& proposal) {
    if (proposal.member >= committee.size() || proposal.view < 0 || proposal.hash.is_zero()) return false;
    const Hash256 digest =
        proposal_digest(committee, proposal.height, proposal.view, proposal.hash, proposal.valid_view);
    return verifier.verify(committee.keys[proposal.member], digest, proposal.signature);
}

bool verify_cert(const Committee& committee, const Verifier& verifier, const Cert& cert) {
    if (cert.view < 0 || cert.hash.is_zero()) return false;
    if (static_cast<size_t>(count_members(cert.members)) != cert.signatures.size()) return false;
    if (cert.signatures.size() < committee.quorum()) return false;
    const Hash256 digest = vote_digest(committee, cert.height, cert.view, cert.type, cert.hash);
    size_t next = 0;
    for (MemberIndex member = 0; member < 32; ++member) {
        if (!has_member(cert.members, member)) continue;
        if (member >= committee.size()) return false;
        if (!verifier.verify(committee.keys[member], digest, cert.signatures[next++])) return false;
    }
    return true;
}

bool verify_block_sig(const Committee& committee, const Verifier& verifier, const BlockSig& sig) {
    return sig.member < committee.size() && !sig.hash.is_zero() &&
           verifier.verify_block(committee.keys[sig.member], sig.hash, sig.der);
}

Evidence make_evidence(const Vote& first, const Vote& second) {
    return {EvidenceKind::kVotes, encode(first), encode(second)};
}
Evidence make_evidence(Proposal first, Proposal second) {
    for (Proposal* proposal : {&first, &second}) {
        proposal->block.clear();
        proposal->polka.reset();
    }
    return {EvidenceKind::kProposals, encode(first), encode(second)};
}
Evidence make_evidence(const BlockSig& first, const BlockSig& second) {
    return {EvidenceKind::kBlockSigs, encode(first), encode(second)};
}

namespace {
template <class T, class Check>
bool verify_pair(const Evidence& evidence, Check check) {
    const std::optional<T> first = decode<T>(evidence.first);
    const std::optional<T> second = decode<T>(evidence.second);
    return first && second && first->member == second->member && first->height == second->height &&
           check(*first, *second);
}
}  // namespace

bool verify_evidence(const Committee& committee, const Verifier& verifier, const Evidence& evidence) {
    switch (evidence.kind) {
        case EvidenceKind::kVotes:
            return verify_pair<Vote>(evidence, [&](const Vote& a, const Vote& b) {
                return a.view == b.view && a.type == b.type && a.hash != b.hash &&
                       verify_vote(committee, verifier, a) && verify_vote(committee, verifier, b);
            });
        case EvidenceKind::kProposals:
            return verify_pair<Proposal>(evidence, [&](const Proposal& a, const Proposal& b) {
                return a.view == b.view && (a.hash != b.hash || a.valid_view != b.valid_view) &&
                       verify_proposal(committee, verifier, a) && verify_proposal(committee, verifier, b);
            });
        case EvidenceKind::kBlockSigs:
            return verify_pair<BlockSig>(evidence, [&](const BlockSig& a, const BlockSig& b) {
                return a.hash != b.hash && verify_block_sig(committee, verifier, a) &&
                       verify_block_sig(committee, verifier, b);
            });
    }
    return false;
}

std::optional<MemberIndex> accused(const Evidence& evidence) {
    const auto member_of = [](const auto& statement) -> std::optional<MemberIndex> {
        if (!statement) return std::nullopt;
        return statement->member;
    };
    switch (evidence.kind) {
        case EvidenceKind::kVotes: return member_of(decode<Vote>(evidence.first));
        case EvidenceKind::kProposals: return member_of(decode<Proposal>(evidence.first));
        case EvidenceKind::kBlockSigs: return member_of(decode<BlockSig>(evidence.first));
    }
    return std::nullopt;
}

}  // namespace sluice::agreement
