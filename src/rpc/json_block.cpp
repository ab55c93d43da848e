#include "rpc/json_block.h"

#include <cstdio>

#include "codec/hex.h"
#include "consensus/script/asm.h"
#include "federation/rules/dynafed.h"
#include "rpc/json_tx.h"

namespace sluice::rpc {

Json dynafed_entry_json(const DynafedEntry& entry) {
    Json out = Json::object();
    switch (entry.kind) {
        case DynafedEntryKind::kNull: out["type"] = "null"; return out;
        case DynafedEntryKind::kCompact: out["type"] = "compact"; break;
        case DynafedEntryKind::kFull: out["type"] = "full"; break;
    }
    out["root"] = to_display(fed_rules::entry_root(entry));
    out["signblockscript"] = to_hex(entry.signblockscript.view());
    out["max_block_witness"] = entry.signblock_witness_limit;
    if (entry.kind == DynafedEntryKind::kCompact) {
        out["extra_root"] = to_display(entry.elided_root);
        return out;
    }
    out["extra_root"] = to_display(fed_rules::extra_root(entry));
    out["fedpeg_program"] = to_hex(entry.fedpeg_program.view());
    out["fedpegscript"] = to_hex(entry.fedpegscript.view());
    Json space = Json::array();
    for (const Bytes& item : entry.extension_space) space.push_back(to_hex(item));
    out["extension_space"] = std::move(space);
    return out;
}

Json header_json(const BlockHeader& header, const BlockHash& hash, const HeaderFacts& facts) {
    char version_hex[16];
    std::snprintf(version_hex, sizeof(version_hex), "%08x", static_cast<unsigned>(header.version));
    Json out = Json::object();
    out["hash"] = to_display(hash);
    out["confirmations"] = facts.confirmations;
    out["height"] = header.height;
    out["version"] = header.version;
    out["versionHex"] = version_hex;
    out["merkleroot"] = to_display(header.merkle_root);
    out["time"] = header.time;
    out["mediantime"] = facts.median_time_past;
    if (header.is_dynafed()) {
        Json witness = Json::array();
        for (const Bytes& item : header.dynafed().signblock_witness) witness.push_back(to_hex(item));
        out["signblock_witness_hex"] = std::move(witness);
        out["dynamic_parameters"] = {{"current", dynafed_entry_json(header.dynafed().current)},
                                     {"proposed", dynafed_entry_json(header.dynafed().proposed)}};
    } else {
        out["signblock_witness_asm"] = script::to_asm(header.proof().solution.view());
        out["signblock_witness_hex"] = to_hex(header.proof().solution.view());
        out["signblock_challenge"] = to_hex(header.proof().challenge.view());
    }
    out["nTx"] = facts.tx_count;
    if (!header.prev.is_zero()) out["previousblockhash"] = to_display(header.prev);
    if (facts.next) out["nextblockhash"] = to_display(*facts.next);
    return out;
}

Json block_json(const Block& block, const BlockHash& hash, const HeaderFacts& facts, BlockVerbosity verbosity,
                const rules::BlockDelta* delta, const ChainParams& params) {
    Json out = header_json(block.header, hash, facts);
    const BlockSize size = block_size(block);
    out["strippedsize"] = size.stripped;
    out["size"] = size.full;
    out["weight"] = size.weight();
    Json transactions = Json::array();
    size_t next_spent = 0;
    for (const TxRef& tx : block.transactions) {
        if (verbosity == BlockVerbosity::kTxids) {
            transactions.push_back(to_display(tx->txid));
            continue;
        }
        std::vector<rules::Coin> spent;
        const bool prevouts =
            verbosity == BlockVerbosity::kTransactionsAndPrevouts && delta != nullptr && !tx->tx.is_coinbase();
        if (prevouts) {
            // The delta lists what the block spent in block order, peg-ins left out.
            for (const TxIn& in : tx->tx.inputs) {
                if (!in.is_pegin && next_spent < delta->spent.size()) spent.push_back(delta->spent[next_spent++].coin);
            }
        }
        transactions.push_back(tx_json(*tx, params, prevouts ? &spent : nullptr));
    }
    out["tx"] = std::move(transactions);
    return out;
}

}  // namespace sluice::rpc
