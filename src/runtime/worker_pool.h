// WorkerPool: threads that own nothing and compute: decoding, scripts, proofs, hashing. Jobs never take locks or do
// I/O.
#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace sluice::runtime {

class WorkerPool {
public:
    explicit WorkerPool(size_t threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Any thread. Runs once, some time.
    void submit(std::function<void()> job);

    // Runs check(0) .. check(count-1) on the workers and the calling thread; each returns true to go on. A false
    // cancels the checks that have not begun. Returns the lowest index that returned false among those run, or count if
    // none did. When deterministic answers matter (which input failed), note that a lower failing index may have been
    // cancelled only if it had not begun: checks are handed out in ascending order, so the lowest failing index is
    // always begun first and is returned.
    size_t run_all(size_t count, const std::function<bool(size_t)>& check);

    [[nodiscard]] size_t threads() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::runtime
