#include "runtime/event_loop.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <exception>
#include <thread>

#include "util/check.h"
#include "util/log.h"
#include "util/mutex.h"

namespace sluice::runtime {
namespace {

// Timers may outlive the loop object by a little (members destroyed in an unlucky order): both share the base.
struct Base {
    Base() {
        static const int threads_ready = evthread_use_pthreads();
        CHECK(threads_ready == 0);
        raw = event_base_new();
        CHECK(raw != nullptr);
    }
    ~Base() { event_base_free(raw); }
    Base(const Base&) = delete;
    Base& operator=(const Base&) = delete;

    event_base* raw = nullptr;
};

void run_task(const std::string& loop, const Task& task) noexcept {
    try {
        task();
    } catch (const std::exception& error) {
        log_error("runtime", "internal error on thread {}: {}", loop, error.what());
        std::abort();
    } catch (...) {
        log_error("runtime", "internal error on thread {}: unknown exception", loop);
        std::abort();
    }
}

class EventTimer final : public Timer {
public:
    EventTimer(std::shared_ptr<Base> base, std::string loop, std::chrono::milliseconds delay, bool repeats, Task task)
        : base_(std::move(base)), call_(std::make_shared<Call>(Call{std::move(loop), std::move(task)})) {
        event_ = event_new(base_->raw, -1, repeats ? EV_PERSIST : 0, &EventTimer::fire, this);
        CHECK(event_ != nullptr);
        const auto micros =
            std::chrono::duration_cast<std::chrono::microseconds>(std::max(delay, delay.zero())).count();
        const timeval wait{static_cast<time_t>(micros / 1'000'000), static_cast<suseconds_t>(micros % 1'000'000)};
        CHECK(event_add(event_, &wait) == 0);
    }
    ~EventTimer() override { event_free(event_); }

private:
    struct Call {
        std::string loop;
        Task task;
    };
    static void fire(evutil_socket_t, short, void* self) {
        // The task may destroy this timer: what runs must not live in it.
        const std::shared_ptr<Call> call = static_cast<EventTimer*>(self)->call_;
        run_task(call->loop, call->task);
    }

    std::shared_ptr<Base> base_;
    std::shared_ptr<Call> call_;
    event* event_ = nullptr;
};

}  // namespace

struct EventLoop::Impl {
    explicit Impl(std::string loop_name) : name(std::move(loop_name)), base(std::make_shared<Base>()) {
        wake = event_new(
            base->raw, -1, 0, [](evutil_socket_t, short, void* self) { static_cast<Impl*>(self)->run_queued(); }, this);
        CHECK(wake != nullptr);
    }
    ~Impl() { event_free(wake); }

    // One round takes what is queued now; what those tasks post waits for the next, so that sockets and timers get
    // their turn.
    void run_queued() {
        std::deque<Task> round;
        {
            MutexLock lock(mutex);
            round.swap(queue);
        }
        while (!round.empty()) {
            run_task(name, round.front());
            round.pop_front();
            waiting.fetch_sub(1, std::memory_order_relaxed);
        }
        bool leave = false;
        {
            MutexLock lock(mutex);
            if (!queue.empty()) event_active(wake, 0, 0);
            leave = stopping && queue.empty();
        }
        if (leave) event_base_loopbreak(base->raw);
    }

    void run() {
        thread_id.store(std::this_thread::get_id());
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        event_base_loop(base->raw, EVLOOP_NO_EXIT_ON_EMPTY);
        thread_id.store(std::thread::id());
    }

    const std::string name;
    std::shared_ptr<Base> base;
    event* wake = nullptr;
    std::atomic<std::thread::id> thread_id;
    std::atomic<size_t> waiting{0};
    Mutex mutex;
    std::deque<Task> queue GUARDED_BY(mutex);
    bool stopping GUARDED_BY(mutex) = false;
    Mutex life;  // start and stop only
    std::thread thread GUARDED_BY(life);
};

EventLoop::EventLoop(std::string name) : impl_(std::make_unique<Impl>(std::move(name))) {}

EventLoop::~EventLoop() { stop(); }

void EventLoop::start() {
    MutexLock lock(impl_->life);
    CHECK(!impl_->thread.joinable());
    // Signals belong to the main thread; a write to a closed socket then is an error code and no SIGPIPE.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void EventLoop::stop() {
    CHECK(!in_loop());
    {
        MutexLock lock(impl_->mutex);
        impl_->stopping = true;
        event_active(impl_->wake, 0, 0);
    }
    MutexLock lock(impl_->life);
    if (impl_->thread.joinable()) impl_->thread.join();
    // A loop that never ran drops what was queued, so that callers waiting on it are told.
    std::deque<Task> dropped;
    MutexLock queue_lock(impl_->mutex);
    dropped.swap(impl_->queue);
}

bool EventLoop::post(Task task) {
    MutexLock lock(impl_->mutex);
    if (impl_->stopping) return false;
    impl_->queue.push_back(std::move(task));
    impl_->waiting.fetch_add(1, std::memory_order_relaxed);
    if (impl_->queue.size() == 1) event_active(impl_->wake, 0, 0);
    return true;
}

bool EventLoop::in_loop() const { return impl_->thread_id.load() == std::this_thread::get_id(); }
const std::string& EventLoop::name() const { return impl_->name; }
size_t EventLoop::backlog() const { return impl_->waiting.load(std::memory_order_relaxed); }

std::unique_ptr<Timer> EventLoop::after(std::chrono::milliseconds delay, Task task) {
    return std::make_unique<EventTimer>(impl_->base, impl_->name, delay, false, std::move(task));
}

std::unique_ptr<Timer> EventLoop::every(std::chrono::milliseconds interval, Task task) {
    return std::make_unique<EventTimer>(impl_->base, impl_->name, interval, true, std::move(task));
}

event_base* EventLoop::base() { return impl_->base->raw; }

}  // namespace sluice::runtime
