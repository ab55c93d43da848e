#include "node/wallet_ports.h"

#include <algorithm>

#include "federation/rules/dynafed.h"
#include "federation/rules/pak.h"

namespace sluice::node {

Result<ports::BlockPoint> WalletChain::tip() {
    const chain::ChainTip tip = chain_.reader().tip();
    return ports::BlockPoint{tip.hash, tip.height};
}

Result<std::optional<BlockHash>> WalletChain::active_hash(uint32_t height) {
    const auto at = chain_.reader().at_height(height);
    return at ? std::optional(at->hash) : std::nullopt;
}

Result<std::optional<Block>> WalletChain::block(const BlockHash& hash) {
    const auto info = chain_.reader().find(hash);
    if (!info || !info->has_block) return std::nullopt;
    return *TRY(chain_.reader().block(hash));
}

Result<int64_t> WalletChain::median_time() { return chain_.reader().tip().median_time_past; }

Result<std::vector<FedpegScript>> WalletChain::fedpeg_scripts() {
    const chain::HeaderViewPtr branch = chain_.reader().branch(chain_.reader().tip().hash);
    if (!branch) return fail("the tip's headers are not known");
    std::vector<FedpegScript> out = fed_rules::fedpeg_scripts_after(*branch, params_);
    // In its first epoch a chain that is dynafed from its start still lists the P2SH form that its genesis block
    // implies, and drops it soon after. Deposits go to the form of the parameters in force, which is listed from the
    // next epoch on.
    const DynafedEntry now = fed_rules::full_parameters(*branch, params_);
    FedpegScript in_force{now.fedpeg_program, now.fedpegscript};
    if (out.empty() || !(out.front() == in_force)) out.insert(out.begin(), std::move(in_force));
    return out;
}

Result<std::vector<ports::PakEntry>> WalletChain::pak_list() {
    const chain::HeaderViewPtr branch = chain_.reader().branch(chain_.reader().tip().hash);
    if (!branch) return fail("the tip's headers are not known");
    std::vector<ports::PakEntry> out;
    for (const fed_rules::PakEntry& entry :
         fed_rules::parse_pak_list(fed_rules::full_parameters(*branch, params_).extension_space)) {
        out.push_back({entry.offline, entry.online});
    }
    return out;
}

Status WalletChain::broadcast(const TxRef& tx) {
    const Result<Status> done = chain_.loop().call([&pool = chain_.pool(), tx]() -> Status {
        const auto accepted = pool.accept(tx);
        if (accepted || pool.find(tx->txid) != nullptr) return {};
        return fail(accepted.error().reason);
    });
    if (!done) return unexpected(done.error());
    return *done;
}

Result<bool> WalletChain::in_mempool(const Txid& txid) {
    return chain_.loop().call([&pool = chain_.pool(), txid] { return pool.find(txid) != nullptr; });
}

Result<std::vector<TxRef>> WalletChain::mempool() {
    return chain_.loop().call([&pool = chain_.pool()] {
        std::vector<const mempool::Entry*> entries;
        for (const auto& [txid, entry] : pool.entries()) entries.push_back(&entry);
        std::ranges::sort(entries, {}, &mempool::Entry::sequence);
        std::vector<TxRef> out;
        for (const mempool::Entry* entry : entries) out.push_back(entry->tx);
        return out;
    });
}

}  // namespace sluice::node
