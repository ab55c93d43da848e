#include "node/parent_service.h"

#include "codec/hex.h"
#include "peg/chain/bitcoin_node.h"
#include "peg/parent/header_rules.h"

namespace sluice::node {
namespace {

// Blocks of a test network come when somebody makes them.
constexpr auto kTestPoll = std::chrono::milliseconds(500);
constexpr auto kPoll = std::chrono::milliseconds(5000);

Result<parent_chain::BitcoinRpcOptions> rpc_options(const Options& options, const ChainParams& params) {
    parent_chain::BitcoinRpcOptions out;
    out.host = options.get_or("mainchainrpchost", "127.0.0.1");
    const int64_t port = TRY(options.get_int("mainchainrpcport", params.network.parent_rpc_port));
    if (port < 1 || port > 65535) return fail("-mainchainrpcport is no port");
    out.port = static_cast<uint16_t>(port);
    out.user = options.get_or("mainchainrpcuser", "");
    out.password = options.get_or("mainchainrpcpassword", "");
    out.cookie_file = options.get_or("mainchainrpccookiefile", "");
    const int64_t timeout = TRY(options.get_int("mainchainrpctimeout", 60));
    if (timeout < 1 || timeout > 3600) return fail("-mainchainrpctimeout must be 1 to 3600 seconds");
    out.timeout_seconds = static_cast<int>(timeout);
    return out;
}

}  // namespace

Result<std::unique_ptr<ParentService>> ParentService::open(storage::Disk& disk, const ChainParams& params,
                                                           const Options& options, const Clock& clock,
                                                           std::optional<uint32_t> scan_from) {
    const auto genesis = parent::ParentBlockHash::from(params.parent.genesis);
    parent_chain::ParentChainOptions chain_options;
    chain_options.rules = parent::header_rules(genesis);
    if (chain_options.rules == nullptr) {
        return fail("the parent chain with genesis " + to_display(genesis) +
                    " is none of Bitcoin's networks, so its blocks cannot be checked; use -validatepegin=0");
    }
    chain_options.poll = params.is_test_chain() ? kTestPoll : kPoll;
    chain_options.scan_from = scan_from;
    std::unique_ptr<ParentService> service(new ParentService());
    auto db = TRY(disk.open_db("parent", {}));
    service->chain_ = TRY(parent_chain::ParentChain::open(
        chain_options, std::move(db), parent_chain::make_bitcoin_rpc(TRY(rpc_options(options, params))), service->loop_,
        clock));
    return service;
}

ParentService::~ParentService() { stop(); }

void ParentService::feed(ChainService& chain) {
    chain_->on_change([&chain](std::shared_ptr<const parent_chain::ParentSnapshot> snapshot) {
        chain.loop().post(
            [&chain, snapshot = std::move(snapshot)] { chain.watch(chain.chain().set_parent_view(snapshot)); });
    });
}

void ParentService::start() {
    started_ = true;
    loop_.start();
    chain_->start();
}

void ParentService::stop() {
    if (!started_) return;
    started_ = false;
    chain_->stop();
    loop_.stop();
}

Result<std::vector<ports::Deposit>> ParentService::deposits() {
    std::vector<ports::Deposit> out;
    for (parent_chain::DepositSeen& seen : TRY(chain_->deposits())) {
        out.push_back({{Txid::from(seen.outpoint.txid), seen.outpoint.index},
                       seen.amount,
                       std::move(seen.script),
                       seen.depth,
                       std::move(seen.transaction),
                       std::move(seen.proof),
                       seen.spent});
    }
    return out;
}

}  // namespace sluice::node
