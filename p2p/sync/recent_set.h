// RecentSet: remembers about the last `capacity` ids, in two generations. One thread.
#pragma once

#include <cstddef>
#include <set>

namespace sluice::sync {

template <class Id>
class RecentSet {
public:
    explicit RecentSet(size_t capacity) : half_(capacity / 2 + 1) {}

    // False if it was known.
    bool insert(const Id& id) {
        if (contains(id)) return false;
        if (young_.size() >= half_) {
            old_ = std::move(young_);
            young_.clear();
        }
        young_.insert(id);
        return true;
    }
    [[nodiscard]] bool contains(const Id& id) const { return young_.contains(id) || old_.contains(id); }
    void clear() {
        young_.clear();
        old_.clear();
    }

private:
    size_t half_;
    std::set<Id> young_;
    std::set<Id> old_;
};

}  // namespace sluice::sync
