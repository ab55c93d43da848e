// MemberService: the federation thread and the member on it, made from the node's options -fedmanifest,
// -fedmanifesthash, -fedmember and -fedkeys.
//
// Composition: open() before the chain and the parent chain start; start() after them; stop() before they stop. The
// passphrase of a sealed key file is taken from the environment variable SLUICE_KEY_PASSPHRASE.
#pragma once

#include <filesystem>

#include "federation/member/member.h"
#include "federation/member/node_chain.h"
#include "federation/member/node_parent.h"
#include "federation/transport/transport.h"
#include "util/options.h"

namespace sluice::node {

class MemberService {
public:
    struct Needs {
        const ChainParams& params;
        const Clock& clock;
        std::filesystem::path data_dir;   // for relative file names
        std::filesystem::path chain_dir;  // holds signer/, federation/ and operator/
        chain::ChainState& chain;
        mempool::Mempool& pool;
        mempool::TipSource& tips;
        runtime::EventLoop& state;
        parent_chain::ParentChain* parent = nullptr;  // null: nothing that depends on Bitcoin happens
    };

    static bool wanted(const Options& options) { return options.is_set("fedmanifest"); }
    // The first Bitcoin block that can hold coins of the federation: the manifest's birth height, unless -fedscanfrom
    // says otherwise.
    static Result<uint32_t> scan_from(const std::filesystem::path& data_dir, const Options& options);
    // Errors are for the user: files, hashes and keys that do not fit.
    static Result<std::unique_ptr<MemberService>> open(const Needs& needs, const Options& options);
    ~MemberService();

    // Before start(). Called on the federation thread: (topic, JSON).
    void add_listener(member::EventListener listener) { member_->add_listener(std::move(listener)); }
    Status start();
    void stop();

    [[nodiscard]] member::Member& member() { return *member_; }
    [[nodiscard]] runtime::EventLoop& loop() { return loop_; }

private:
    class Links;
    MemberService() = default;

    runtime::EventLoop loop_{"federation"};
    std::unique_ptr<signer::MemberSigner> signer_;
    std::unique_ptr<storage::Db> cache_;
    std::unique_ptr<storage::Db> decisions_;
    std::unique_ptr<transport::Transport> transport_;
    std::unique_ptr<Links> links_;
    std::unique_ptr<member::NodeChain> chain_;
    std::unique_ptr<member::NodeParent> parent_;
    std::unique_ptr<member::Member> member_;  // on loop_ from start() to stop()
    bool begun_ = false;                      // on loop_: notices before the start say nothing new
    bool running_ = false;
};

}  // namespace sluice::node
