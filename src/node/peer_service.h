// PeerService: the net thread: connections, the peer protocol, and their view of chain and mempool.
#pragma once

#include <filesystem>
#include <memory>

#include "node/chain_service.h"
#include "node/pool_adapter.h"
#include "p2p/net/connections.h"
#include "p2p/sync/engine.h"
#include "runtime/worker_pool.h"
#include "storage/disk.h"

namespace sluice::node {

class PeerService {
public:
    struct Needs {
        ChainService& chain;
        runtime::WorkerPool& workers;
        storage::Disk& disk;
        const ChainParams& params;
        const Clock& clock;
        runtime::EventLoop& loop;  // the net thread's; stopped by the owner before this object dies
        std::filesystem::path chain_dir;
    };
    // Registers with the chain; call before the chain starts.
    static Result<std::unique_ptr<PeerService>> make(Needs needs, const Options& options);
    ~PeerService();

    // Listens and dials. The loop runs by now. The error is for the user.
    Status start();
    // Closes every connection. Does nothing unless started.
    void stop();

    // After stop(): neither addresses nor bans are kept, and their database is closed.
    [[nodiscard]] bool nobody_known() const { return nobody_known_; }

    // On the net thread.
    [[nodiscard]] net::Connections& connections() { return *connections_; }
    [[nodiscard]] sync::Engine& engine() { return *engine_; }
    [[nodiscard]] runtime::EventLoop& loop() { return needs_.loop; }

private:
    class ChainAdapter;
    class ComputeAdapter;
    explicit PeerService(Needs needs);
    void keep_bans();
    void on_chain_event(const chain::ChainEvent& event);  // state thread
    void on_pool_event(const mempool::PoolEvent& event);  // state thread

    Needs needs_;
    std::unique_ptr<storage::Db> db_;
    std::unique_ptr<ChainAdapter> chain_;
    std::unique_ptr<PoolAdapter> pool_;
    std::unique_ptr<ComputeAdapter> compute_;
    std::unique_ptr<net::Connections> connections_;
    std::unique_ptr<sync::Engine> engine_;
    std::unique_ptr<runtime::Timer> ticker_;
    bool started_ = false;
    bool nobody_known_ = false;
    std::vector<std::shared_ptr<const Block>> fresh_;  // state thread: joined the active chain, not announced yet
};

}  // namespace sluice::node
