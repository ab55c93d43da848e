// BoundedQueue<T>: hands values from any thread to any thread, at most `capacity` waiting. A producer that finds it
// full is told (try_push) or waits (push); that is how pressure travels back. close() ends it: pushes are refused, pops
// drain what is left.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace sluice::runtime {

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(size_t capacity) : capacity_(capacity) {}

    // False, and `value` is dropped, when the queue is full or closed.
    [[nodiscard]] bool try_push(T value) {
        {
            std::lock_guard lock(mutex_);
            if (closed_ || items_.size() >= capacity_) return false;
            items_.push_back(std::move(value));
        }
        not_empty_.notify_one();
        return true;
    }
    // Waits for room; false when the queue is closed.
    bool push(T value) {
        {
            std::unique_lock lock(mutex_);
            not_full_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
            if (closed_) return false;
            items_.push_back(std::move(value));
        }
        not_empty_.notify_one();
        return true;
    }
    // Waits for a value; nullopt when the queue is closed and empty.
    std::optional<T> pop() {
        std::optional<T> out;
        {
            std::unique_lock lock(mutex_);
            not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
            if (items_.empty()) return out;
            out.emplace(std::move(items_.front()));
            items_.pop_front();
        }
        not_full_.notify_one();
        return out;
    }
    void close() {
        {
            std::lock_guard lock(mutex_);
            closed_ = true;
        }
        not_empty_.notify_all();
        not_full_.notify_all();
    }
    [[nodiscard]] size_t size() const {
        std::lock_guard lock(mutex_);
        return items_.size();
    }

private:
    const size_t capacity_;
    mutable std::mutex mutex_;
    std::condition_variable not_empty_;
    std::condition_variable not_full_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace sluice::runtime
