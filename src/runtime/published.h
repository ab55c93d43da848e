// Published<T>: an immutable value that one thread replaces and any thread reads.
#pragma once

#include <atomic>
#include <memory>

namespace sluice::runtime {

template <class T>
class Published {
public:
    explicit Published(std::shared_ptr<const T> initial = nullptr) : value_(std::move(initial)) {}
    void store(std::shared_ptr<const T> value) { value_.store(std::move(value)); }
    [[nodiscard]] std::shared_ptr<const T> load() const { return value_.load(); }

private:
    std::atomic<std::shared_ptr<const T>> value_;
};

}  // namespace sluice::runtime
