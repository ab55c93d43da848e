#include "node/parent_service.h"

#include "codec/hex.h"

namespace sluice::node {

namespace {

constexpr std::chrono::milliseconds kPollRegtest{500};
constexpr std::chrono::milliseconds kPoll{5000};
constexpr int64_t kTimeoutSeconds = 60;

Result<parent_chain::BitcoinRpcOptions> rpc_options(const Options& options, const ChainParams& params) {
    parent_chain::BitcoinRpcOptions out;
    out.host = options.get_or("mainchainrpchost", "127.0.0.1");
    const int64_t port = TRY(options.get_int("mainchainrpcport", params.network.parent_rpc_port));
    if (port <= 0 || port > 65535) return fail("Invalid port in -mainchainrpcport: " + std::to_string(port));
    out.port = static_cast<uint16_t>(port);
    out.user = options.get_or("mainchainrpcuser", "");
    out.password = options.get_or("mainchainrpcpassword", "");
    out.cookie_file = options.get_or("mainchainrpccookiefile", "");
    const int64_t timeout = TRY(options.get_int("mainchainrpctimeout", kTimeoutSeconds));
    if (timeout <= 0 || timeout > 24 * 60 * 60) return fail("Invalid -mainchainrpctimeout: " + std::to_string(timeout));
    out.timeout_seconds = static_cast<int>(timeout);
    return out;
}

}  // namespace

bool ParentService::wanted(const Options& options, const ChainParams& params) {
    if (!params.parent.exists) return false;
    for (const char* name : {"mainchainrpchost", "mainchainrpcport", "mainchainrpcuser", "mainchainrpccookiefile"}) {
        if (options.is_set(name)) return true;
    }
    return options.get_bool("validatepegin", true);
}

Result<std::unique_ptr<ParentService>> ParentService::open(const Options& options, const ChainParams& params,
                                                           storage::Disk& disk, const Clock& clock,
                                                           std::optional<uint32_t> scan_from) {
    if (!params.parent.has_work()) {
        return fail("A signed parent chain cannot be followed; start with -validatepegin=0 to take peg-ins on trust.");
    }
    const auto genesis = parent::ParentBlockHash::from(params.parent.genesis);
    parent_chain::ParentChainOptions chain_options;
    chain_options.rules = parent::header_rules(genesis);
    if (chain_options.rules == nullptr) {
        return fail("The parent chain with genesis block " + to_display(genesis) +
                    " is none of Bitcoin's networks; start with -validatepegin=0 to take peg-ins on trust.");
    }
    const bool regtest = chain_options.rules->network == parent::Network::kRegtest;
    chain_options.poll = regtest ? kPollRegtest : kPoll;
    chain_options.scan_from = regtest && !scan_from ? std::optional<uint32_t>(0) : scan_from;
    const parent_chain::BitcoinRpcOptions rpc = TRY(rpc_options(options, params));
    std::unique_ptr<storage::Db> db = TRY(disk.open_db("parent", {}));
    std::unique_ptr<ParentService> out(new ParentService);
    out->chain_ = TRY(parent_chain::ParentChain::open(chain_options, std::move(db), parent_chain::make_bitcoin_rpc(rpc),
                                                      out->loop_, clock));
    out->loop_.start();
    out->running_ = true;
    return out;
}

ParentService::~ParentService() {
    stop();
}

void ParentService::start() {
    chain_->start();
}

void ParentService::stop() {
    if (!std::exchange(running_, false)) return;
    chain_->stop();
    loop_.stop();
}

Status ParentService::watch(const Script& script) {
    return chain_->watch_deposits(script);
}

Result<std::vector<ports::Deposit>> ParentService::deposits() {
    std::vector<ports::Deposit> out;
    for (parent_chain::DepositSeen& seen : TRY(chain_->deposits())) {
        ports::Deposit deposit;
        deposit.outpoint = {Txid::from(seen.outpoint.txid), seen.outpoint.index};
        deposit.amount = seen.amount;
        deposit.script = std::move(seen.script);
        deposit.depth = seen.depth;
        deposit.transaction = std::move(seen.transaction);
        deposit.txoutproof = std::move(seen.proof);
        deposit.spent = seen.spent;
        out.push_back(std::move(deposit));
    }
    return out;
}

}  // namespace sluice::node
