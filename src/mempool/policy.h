// Policy: what this node relays and mines beyond what consensus demands (transactions.md sections 4 and 11). Pure; any
// thread. Each check answers with Elements' reject reason, or nothing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/transaction.h"
#include "consensus/primitives/verdict.h"
#include "mempool/fee_rate.h"

namespace sluice::mempool {

struct PolicyOptions {
    FeeRate min_relay{100};
    FeeRate incremental{100};
    FeeRate dust_relay{100};
    bool require_standard = true;                  // -acceptnonstdtxn=0
    std::optional<uint32_t> max_data_carrier{83};  // bytes of an OP_RETURN script; none: not relayed at all
    bool permit_bare_multisig = true;
    uint32_t bytes_per_sigop = 20;

    size_t ancestor_count = 25;  // the transaction included
    int64_t ancestor_vsize = 101'000;
    size_t descendant_count = 25;
    int64_t descendant_vsize = 101'000;
    size_t max_bytes = 300'000'000;  // -maxmempool; serialized transactions and their bookkeeping
    int64_t expiry = 336 * 60 * 60;  // -mempoolexpiry, seconds
};
// From Elements' option names; the error names a wrong one.
Result<PolicyOptions> make_policy_options(const Options& options, const ChainParams& params);

inline constexpr uint32_t kMaxStandardWeight = 400'000;
inline constexpr uint32_t kMinStandardSize = 65;  // bytes without witness (CVE-2017-12842)
inline constexpr int64_t kMaxStandardSigopCost = 16'000;

struct NotStandard {
    std::string reason;  // Elements' reject reason
    BreachPlace place;
    NamedValues values;
};
using Reason = std::optional<NotStandard>;

Reason check_standard(const ParsedTx& tx, const ChainParams& params, const PolicyOptions& policy);
// `spent`: the output that each input spends, in order.
Reason check_inputs_standard(const Transaction& tx, std::span<const TxOut> spent, const ChainParams& params);
Reason check_witness_standard(const Transaction& tx, std::span<const TxOut> spent);
// A proof for an issued amount that is not blinded.
Reason check_issuance_proofs(const Transaction& tx);
// Explicit issued amounts within the range of money.
Reason check_issued_amounts(const Transaction& tx);
// True if an input says that it may be replaced (BIP125).
bool signals_replacement(const Transaction& tx);

// Outputs that cost more to spend than they are worth.
std::vector<size_t> dust_outputs(const Transaction& tx, const ChainParams& params, FeeRate dust_relay);

// Virtual bytes: weight, or what signature operations weigh if that is more.
int64_t virtual_size(const ParsedTx& tx, int64_t sigop_cost, uint32_t bytes_per_sigop);
// The same for minimum fees where the chain discounts confidential outputs (ELIP200).
int64_t discount_weight(const ParsedTx& tx);
int64_t discount_virtual_size(const ParsedTx& tx);

}  // namespace sluice::mempool
