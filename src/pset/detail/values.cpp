#include "pset/detail/values.h"

namespace sluice::pset::detail {
namespace {

constexpr size_t kMaxTapDepth = 128;
constexpr uint8_t kLeafVersionMask = 0xfe;
constexpr size_t kPathStep = 4;

}  // namespace

void get(Reader& r, ValueCommitment& v) {
    field(r, v);
    if (v.bytes[0] != 8 && v.bytes[0] != 9) r.fail(DecodeError::kBadValue);
}
void get(Reader& r, AssetCommitment& v) {
    field(r, v);
    if (v.bytes[0] != 10 && v.bytes[0] != 11) r.fail(DecodeError::kBadValue);
}
void get(Reader& r, TxRef& v) {
    Transaction tx;
    describe(r, tx);
    if (!r.ok()) return;
    // The fields say that it is without witness, and the reference writes it so whatever it has read.
    for (TxIn& in : tx.inputs) in.witness = {};
    for (TxOut& out : tx.outputs) out.witness = {};
    v = make_tx(std::move(tx));
}
void get(Reader& r, KeyPath& v) {
    field(r, v.fingerprint);
    v.path.clear();
    while (r.ok() && r.remaining() >= kPathStep) v.path.push_back(r.u32());
}
void get(Reader& r, TapDerivation& v) {
    const size_t count = r.count(Hash256::kSize);
    for (size_t i = 0; i < count && r.ok(); ++i) {
        Hash256 leaf;
        field(r, leaf);
        v.leaf_hashes.insert(leaf);
    }
    get(r, v.origin);
}
// Leaves in depth-first order make a tree if they fill it exactly: each open branch waits for its right half.
void get(Reader& r, std::vector<TapTreeLeaf>& v) {
    std::set<size_t> waiting;  // depths whose left subtree is complete
    bool complete = false;
    if (r.remaining() == 0) r.fail(DecodeError::kTruncated);
    while (r.ok() && r.remaining() > 0) {
        TapTreeLeaf leaf;
        leaf.depth = r.u8();
        leaf.leaf_version = r.u8();
        leaf.script = r.var_bytes();
        if (complete || leaf.depth > kMaxTapDepth || (leaf.leaf_version & ~kLeafVersionMask) != 0) {
            return r.fail(DecodeError::kBadValue);
        }
        if (!waiting.empty() && *waiting.rbegin() > leaf.depth) return r.fail(DecodeError::kBadValue);
        size_t depth = leaf.depth;
        while (depth > 0 && waiting.erase(depth) == 1) --depth;
        complete = depth == 0;
        if (!complete) waiting.insert(depth);
        v.push_back(std::move(leaf));
    }
    if (!complete || !waiting.empty()) r.fail(DecodeError::kBadValue);
}

void put(Writer& w, const TxRef& v) { describe(w, v->tx, WitnessForm::kWithout); }
void put(Writer& w, const KeyPath& v) {
    w.raw(v.fingerprint.view());
    for (const uint32_t step : v.path) w.u32(step);
}
void put(Writer& w, const TapDerivation& v) {
    w.compact_size(v.leaf_hashes.size());
    for (const Hash256& leaf : v.leaf_hashes) w.raw(leaf.view());
    put(w, v.origin);
}
void put(Writer& w, const std::vector<TapTreeLeaf>& v) {
    for (const TapTreeLeaf& leaf : v) {
        w.u8(leaf.depth);
        w.u8(leaf.leaf_version);
        w.var_bytes(leaf.script);
    }
}

}  // namespace sluice::pset::detail
