using Microsoft.AspNetCore.Diagnostics;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Api;

/// <summary>Turns what goes wrong on the way to the node into an answer that says so.</summary>
internal sealed class ApiErrors(IProblemDetailsService problems) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not (EthereumException or BadHttpRequestException))
        {
            return false;
        }

        bool isNode = exception is EthereumException;
        httpContext.Response.StatusCode = isNode ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails =
            {
                Title = isNode ? "Node not reachable" : "Bad request",
                Detail = isNode ? $"The solver cannot ask its node now ({exception.Message.TrimEnd('.')}); try again in a moment." : exception.Message,
                Status = httpContext.Response.StatusCode,
            },
        });
    }
}
