using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Api;

/// <summary>Turns what goes wrong, in a question or on the way to the node, into an answer that says so in a sentence.</summary>
internal sealed partial class ApiErrors(IProblemDetailsService problems) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        (int Status, string Title, string? Detail)? answer = exception switch
        {
            EthereumException => (StatusCodes.Status503ServiceUnavailable, "Node not reachable", $"The solver cannot ask its node now ({exception.Message.TrimEnd('.')}); try again in a moment."),
            BadHttpRequestException bad => (bad.StatusCode, "Bad request", Sentence(bad)),
            _ => null,
        };
        if (answer is not { } known)
        {
            return false;
        }

        httpContext.Response.StatusCode = known.Status;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = { Title = known.Title, Detail = known.Detail, Status = known.Status } });
    }

    /// <summary>What an answer says that nobody gave words to.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        HttpRequest request = context.HttpContext.Request;
        context.ProblemDetails.Detail ??= context.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {request.Path}; /openapi lists what there is.",
            StatusCodes.Status405MethodNotAllowed => $"{request.Method} is not taken at {request.Path}; /openapi lists what is.",
            StatusCodes.Status413PayloadTooLarge => "The body is larger than is taken here; send less at once.",
            StatusCodes.Status415UnsupportedMediaType => "The body is not sent as JSON; send it with the header Content-Type: application/json.",
            StatusCodes.Status500InternalServerError => "The solver failed at this; its log says why, under the traceId.",
            _ => null,
        };
    }

    /// <summary>What was not understood of a question, without the names of types that the library puts into it; null where <see cref="Complete"/> has the words.</summary>
    private static string? Sentence(BadHttpRequestException bad) =>
        bad.StatusCode != StatusCodes.Status400BadRequest ? null
        : bad.InnerException is JsonException json ? $"The body is not understood at '{json.Path ?? "$"}'; send JSON as /openapi describes it, whole numbers of 64 bits and more in quotes."
        : Unread().Match(bad.Message) is { Success: true } unread ? $"The {unread.Groups["name"].Value} '{unread.Groups["value"].Value}' is not understood; give {Kind(unread.Groups["type"].Value)}, as /openapi describes it."
        : Missing().Match(bad.Message) is { Success: true } missing ? $"The {missing.Groups["name"].Value} is missing; give it as /openapi describes it."
        : bad.Message;

    private static string Kind(string type) => type.TrimEnd('?') switch
    {
        "bool" => "true or false",
        "double" or "decimal" => "a number",
        _ => "a whole number",
    };

    [GeneratedRegex("^Failed to bind parameter \"(?<type>\\S+) (?<name>\\w+)\" from \"(?<value>.*)\"\\.$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Unread();

    [GeneratedRegex("^(?:Required parameter \"\\S+|Implicit body inferred for parameter) \"?(?<name>\\w+)\"", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Missing();
}
