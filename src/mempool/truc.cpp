#include "mempool/truc.h"

#include "codec/hex.h"

namespace sluice::mempool {
namespace {

std::string named(const ParsedTx& tx) { return "tx " + to_display(tx.txid) + " (wtxid=" + to_display(tx.wtxid) + ")"; }
std::string version_of(const ParsedTx& tx) { return is_restricted(tx) ? "version=3 " : "non-version=3 "; }

}  // namespace

std::string truc_versions_text(const ParsedTx& child, const ParsedTx& parent) {
    return version_of(child) + named(child) + " cannot spend from " + version_of(parent) + named(parent);
}
std::string truc_size_text(const ParsedTx& tx, int64_t vsize, bool child) {
    const int64_t most = child ? kMaxRestrictedChildVsize : kMaxRestrictedVsize;
    return std::string("version=3 ") + (child ? "child " : "") + named(tx) + " is too big: " + std::to_string(vsize) +
           " > " + std::to_string(most) + " virtual bytes";
}
std::string truc_ancestors_text(const ParsedTx& tx) { return named(tx) + " would have too many ancestors"; }
std::string truc_descendants_text(const ParsedTx& parent) {
    return named(parent) + " would exceed descendant count limit";
}

}  // namespace sluice::mempool
