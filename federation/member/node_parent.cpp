#include "federation/member/node_parent.h"

namespace sluice::member {

namespace {

class Snapshot final : public ParentSnapshot {
public:
    Snapshot(const parent_chain::ParentChain& chain, std::shared_ptr<const parent_chain::ParentSnapshot> of)
        : chain_(chain), of_(std::move(of)) {}

    [[nodiscard]] parent::ParentBlockHash tip() const override { return of_->tip(); }
    [[nodiscard]] uint32_t height() const override { return of_->height(); }
    [[nodiscard]] std::optional<parent::ParentBlockHash> hash_at(uint32_t height) const override {
        return of_->hash_at(height);
    }
    [[nodiscard]] std::optional<uint32_t> height_in_best(const parent::ParentBlockHash& hash) const override {
        return of_->height_of(hash);
    }
    [[nodiscard]] std::optional<parent::U256> work(const parent::ParentBlockHash& hash) const override {
        return of_->work_of(hash);
    }
    [[nodiscard]] std::shared_ptr<const ledger::BitcoinView> view_at(const parent::ParentBlockHash& c) const override {
        return of_->contains(c) ? chain_.view_at(c) : nullptr;
    }

private:
    const parent_chain::ParentChain& chain_;
    std::shared_ptr<const parent_chain::ParentSnapshot> of_;
};

}  // namespace

NodeParent::NodeParent(parent_chain::ParentChain& chain, runtime::EventLoop& federation,
                       std::function<void()> on_change)
    : chain_(chain), federation_(federation) {
    chain_.on_change([this, on_change = std::move(on_change)](
                         const std::shared_ptr<const parent_chain::ParentSnapshot>&) { federation_.post(on_change); });
}

std::shared_ptr<const ParentSnapshot> NodeParent::snapshot() const {
    auto best = chain_.snapshot();
    if (!best || !best->ready()) return nullptr;
    return std::make_shared<Snapshot>(chain_, std::move(best));
}

void NodeParent::is_unspent(parent::ParentOutPoint outpoint, std::function<void(std::optional<bool>)> done) {
    chain_.check_unspent({outpoint}, [this, done = std::move(done)](const Result<std::vector<bool>>& answer) {
        const std::optional<bool> unspent = answer ? std::optional(answer->at(0)) : std::nullopt;
        federation_.post([done, unspent] { done(unspent); });
    });
}

void NodeParent::broadcast(parent::ParentTransaction tx, std::function<void(BroadcastResult)> done) {
    chain_.broadcast(std::move(tx), [this, done = std::move(done)](const parent_chain::BroadcastResult& answer) {
        federation_.post([done, result = BroadcastResult{answer.held, answer.reason}] { done(result); });
    });
}

}  // namespace sluice::member
