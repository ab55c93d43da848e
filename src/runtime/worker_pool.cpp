#include "runtime/worker_pool.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace sluice::runtime {
namespace {

void run_job(const std::function<void()>& job) noexcept { job(); }

// One run_all. Helpers may reach it late, so it is shared; `check` is only touched between enter() and leave().
struct Round {
    Round(size_t checks, const std::function<bool(size_t)>& function)
        : count(checks), check(function), failed(checks) {}

    bool enter() {
        std::lock_guard lock(mutex);
        if (closed) return false;
        ++inside;
        return true;
    }
    void leave() {
        std::lock_guard lock(mutex);
        if (--inside == 0) idle.notify_all();
    }
    void work() noexcept {
        for (size_t i = next.fetch_add(1); i < count && i < failed.load(); i = next.fetch_add(1)) {
            if (check(i)) continue;
            size_t lowest = failed.load();
            while (i < lowest && !failed.compare_exchange_weak(lowest, i)) {}
        }
    }
    void close_and_wait() {
        std::unique_lock lock(mutex);
        closed = true;
        idle.wait(lock, [this] { return inside == 0; });
    }

    const size_t count;
    const std::function<bool(size_t)>& check;
    std::atomic<size_t> next{0};
    std::atomic<size_t> failed;
    std::mutex mutex;
    std::condition_variable idle;
    size_t inside = 0;
    bool closed = false;
};

}  // namespace

struct WorkerPool::Impl {
    void run() {
        pthread_setname_np(pthread_self(), "worker");
        while (true) {
            std::function<void()> job;
            {
                std::unique_lock lock(mutex);
                ready.wait(lock, [this] { return stopping || !jobs.empty(); });
                if (jobs.empty()) return;
                job = std::move(jobs.front());
                jobs.pop_front();
            }
            run_job(job);
        }
    }

    std::mutex mutex;
    std::condition_variable ready;
    std::deque<std::function<void()>> jobs;
    bool stopping = false;
    std::vector<std::thread> threads;
};

WorkerPool::WorkerPool(size_t threads) : impl_(std::make_unique<Impl>()) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < threads; ++i) impl_->threads.emplace_back([impl = impl_.get()] { impl->run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

WorkerPool::~WorkerPool() {
    {
        std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->ready.notify_all();
    for (std::thread& thread : impl_->threads) thread.join();
}

void WorkerPool::submit(std::function<void()> job) {
    if (impl_->threads.empty()) {
        run_job(job);
        return;
    }
    {
        std::lock_guard lock(impl_->mutex);
        impl_->jobs.push_back(std::move(job));
    }
    impl_->ready.notify_one();
}

size_t WorkerPool::run_all(size_t count, const std::function<bool(size_t)>& check) {
    if (count == 0) return 0;
    auto round = std::make_shared<Round>(count, check);
    const size_t helpers = std::min(impl_->threads.size(), count - 1);
    for (size_t i = 0; i < helpers; ++i) {
        submit([round] {
            if (!round->enter()) return;
            round->work();
            round->leave();
        });
    }
    round->work();
    round->close_and_wait();
    return round->failed.load();
}

size_t WorkerPool::threads() const { return impl_->threads.size(); }

}  // namespace sluice::runtime
