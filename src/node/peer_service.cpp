#include "node/peer_service.h"

#include "node/ban_file.h"
#include "node/kept_blocks.h"
#include "util/log.h"
#include "util/random.h"

namespace sluice::node {
namespace {

constexpr auto kTick = std::chrono::milliseconds(100);

sync::KnownBlock to_known(const chain::BlockInfo& info) {
    return {info.hash, info.prev, info.height, info.time, info.active, info.has_block, info.failed, info.checked};
}
std::optional<sync::KnownBlock> to_known(const std::optional<chain::BlockInfo>& info) {
    return info ? std::optional(to_known(*info)) : std::nullopt;
}
std::vector<sync::KnownBlock> to_known(const std::vector<chain::BlockInfo>& infos) {
    std::vector<sync::KnownBlock> out;
    out.reserve(infos.size());
    for (const chain::BlockInfo& info : infos) out.push_back(to_known(info));
    return out;
}

}  // namespace

// What is in memory is answered on the net thread; changes go to the state thread and disk reads to the workers.
class PeerService::ChainAdapter final : public sync::ChainPort {
public:
    ChainAdapter(const Needs& needs, uint64_t min_work) : needs_(needs), min_work_(min_work) {}

    [[nodiscard]] sync::Tip tip() const override {
        const chain::ChainTip tip = reader().tip();
        const auto best = reader().find(tip.best_header);
        return {tip.hash,
                tip.height,
                tip.time,
                tip.best_header,
                tip.best_header_height,
                best ? best->time : tip.time,
                tip.initial_download || uint64_t{tip.height} + 1 < min_work_};
    }
    [[nodiscard]] std::optional<sync::KnownBlock> find(const BlockHash& hash) const override {
        return to_known(reader().find(hash));
    }
    [[nodiscard]] std::optional<sync::KnownBlock> ancestor(const BlockHash& of, uint32_t height) const override {
        return to_known(reader().ancestor(of, height));
    }
    [[nodiscard]] std::optional<sync::KnownBlock> at_height(uint32_t height) const override {
        return to_known(reader().at_height(height));
    }
    [[nodiscard]] std::vector<BlockHash> locator(const BlockHash& from) const override {
        return reader().locator(from);
    }
    [[nodiscard]] std::vector<sync::KnownBlock> after(const std::vector<BlockHash>& locator, const BlockHash& stop,
                                                      size_t most) const override {
        return to_known(reader().headers_after(locator, stop, most));
    }
    [[nodiscard]] std::vector<sync::KnownBlock> missing(const BlockHash& toward, size_t most,
                                                        uint32_t max_height) const override {
        return to_known(reader().missing_blocks(toward, most, max_height));
    }

    void accept_headers(std::vector<BlockHeader> headers, std::function<void(sync::HeadersResult)> done) override {
        needs_.chain.loop().post([needs = needs_, headers = std::move(headers), done = std::move(done)] {
            auto outcome = needs.chain.chain().accept_headers(headers);
            needs.chain.watch(outcome.failure);
            needs.loop.post(
                [done, result = sync::HeadersResult{outcome.accepted, std::move(outcome.failure)}] { done(result); });
        });
    }
    void accept_block(std::shared_ptr<const Block> block, bool requested,
                      std::function<void(sync::BlockResult)> done) override {
        needs_.chain.loop().post(
            [needs = needs_, kept = kept_, block = std::move(block), requested, done = std::move(done)] {
                auto outcome = needs.chain.chain().accept_block(block, requested);
                needs.chain.watch(outcome.failure);
                sync::BlockResult result{outcome.is_new, outcome.active, std::move(outcome.failure), {}};
                result.refused = kept->after(outcome.hash, needs.chain.chain());
                needs.loop.post([done, result = std::move(result)] { done(result); });
            });
    }
    void read_headers(std::vector<BlockHash> hashes,
                      std::function<void(std::vector<std::shared_ptr<const BlockHeader>>)> done) override {
        needs_.workers.submit([needs = needs_, hashes = std::move(hashes), done = std::move(done)] {
            std::vector<std::shared_ptr<const BlockHeader>> headers;
            headers.reserve(hashes.size());
            for (const BlockHash& hash : hashes) headers.push_back(needs.chain.reader().header(hash).value_or(nullptr));
            needs.loop.post([done, headers = std::move(headers)] { done(headers); });
        });
    }
    void read_block(const BlockHash& hash, std::function<void(std::shared_ptr<const Block>)> done) override {
        needs_.workers.submit([needs = needs_, hash, done = std::move(done)] {
            auto block = needs.chain.reader().block(hash).value_or(nullptr);
            needs.loop.post([done, block = std::move(block)] { done(block); });
        });
    }

private:
    std::shared_ptr<KeptBlocks> kept_ = std::make_shared<KeptBlocks>();
    [[nodiscard]] const chain::ChainReader& reader() const { return needs_.chain.reader(); }
    Needs needs_;
    uint64_t min_work_;
};

class PeerService::ComputeAdapter final : public sync::ComputePort {
public:
    explicit ComputeAdapter(const Needs& needs) : needs_(needs) {}
    void run(std::function<void()> job, std::function<void()> done) override {
        needs_.workers.submit([needs = needs_, job = std::move(job), done = std::move(done)] {
            job();
            needs.loop.post(done);
        });
    }

private:
    Needs needs_;
};

PeerService::PeerService(Needs needs) : needs_(needs) {}

Result<std::unique_ptr<PeerService>> PeerService::make(Needs needs, const Options& options) {
    std::unique_ptr<PeerService> service(new PeerService(needs));
    const NetworkParams& network = needs.params.network;
    net::NetworkDefaults defaults{network.magic, network.p2p_port, network.seeds, {}};
    for (const SeedAddress& seed : network.fixed_seeds)
        defaults.fixed_seeds.push_back(*wire::ip_address(seed.ipv4, seed.port));
    net::NetOptions net_options = TRY(net::net_options(options, defaults));
    sync::EngineOptions engine_options =
        TRY(sync::engine_options(options, static_cast<uint32_t>(needs.params.spacing.target_spacing)));
    service->db_ = TRY(needs.disk.open_db("peers", {}));
    service->chain_ = std::make_unique<ChainAdapter>(needs, engine_options.min_chain_work);
    service->pool_ = std::make_unique<PoolAdapter>(needs.chain, needs.loop);
    service->compute_ = std::make_unique<ComputeAdapter>(needs);
    service->connections_ =
        std::make_unique<net::Connections>(needs.loop, std::move(net_options), needs.clock, service->db_.get());
    service->keep_bans();
    engine_options.external = service->connections_->external();
    engine_options.port = service->connections_->options().listen ? service->connections_->options().default_port : 0;
    service->engine_ = std::make_unique<sync::Engine>(
        sync::EngineNeeds{*service->connections_, service->connections_->addresses(), *service->chain_, *service->pool_,
                          *service->compute_, needs.clock, [](uint64_t bound) { return random_below(bound); }},
        std::move(engine_options));
    needs.chain.add_listener([self = service.get()](const chain::ChainEvent& event) { self->on_chain_event(event); });
    needs.chain.add_pool_listener(
        [self = service.get()](const mempool::PoolEvent& event) { self->on_pool_event(event); });
    return service;
}

// Bans are a convenience: a file that cannot be read or written is told of and stops nobody.
void PeerService::keep_bans() {
    const auto keep = [dir = needs_.chain_dir](const std::vector<net::Ban>& bans) {
        const Status written = write_ban_file(dir, bans);
        if (!written) log_warning("net", "cannot keep the bans: {}", written.error().message);
    };
    auto kept = read_ban_file(needs_.chain_dir);
    if (!kept) log_warning("net", "the list of bans was dropped: {}", kept.error().message);
    if (!kept || !*kept) {
        log_info("net", "Recreating the banlist database");
        kept = std::vector<net::Ban>();
        keep(**kept);
    }
    connections_->keep_bans(**kept, keep);
}

PeerService::~PeerService() = default;

Status PeerService::start() {
    started_ = true;
    const Result<Status> started = needs_.loop.call([this]() -> Status {
        TRY_VOID(connections_->start(*engine_));
        ticker_ = needs_.loop.every(kTick, [this] { engine_->tick(); });
        return {};
    });
    if (!started) return unexpected(started.error());
    return *started;
}

void PeerService::stop() {
    if (!started_) return;
    const auto nobody = needs_.loop.call([this] {
        ticker_.reset();
        connections_->stop();
        return connections_->addresses().size() == 0 && connections_->bans().list(needs_.clock.unix_time()).empty();
    });
    nobody_known_ = nobody && *nobody;
    if (nobody_known_) db_.reset();  // stopped connections do not write any more
}

void PeerService::on_pool_event(const mempool::PoolEvent& event) {
    if (!event.added) {
        needs_.loop.post([this, wtxid = event.tx->wtxid] { engine_->transaction_removed(wtxid); });
    } else if (const mempool::Entry* entry = needs_.chain.pool().find(event.tx->txid)) {
        needs_.loop.post([this, relay = PoolAdapter::to_relay(*entry)] { engine_->transaction_added(relay); });
    }
}

void PeerService::on_chain_event(const chain::ChainEvent& event) {
    if (const auto* connected = std::get_if<chain::BlockConnected>(&event)) {
        fresh_.push_back(connected->block);
    } else if (std::holds_alternative<chain::BlockDisconnected>(event)) {
        if (!fresh_.empty()) fresh_.pop_back();
    } else if (std::holds_alternative<chain::TipChanged>(event) && !fresh_.empty()) {
        needs_.loop.post([this, blocks = std::exchange(fresh_, {})] { engine_->blocks_connected(blocks); });
    }
}

}  // namespace sluice::node
